r"""siunitx: numbers and units as they would be printed, in plain characters ("3.5 kg", "1–2 s", "m/s^2")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importers.latex.tokens import CS, TEXT, Token

if TYPE_CHECKING:
    from importers.latex.reader import Handler, Reader

_PREFIXES = {
    "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n", "micro": "μ", "milli": "m",
    "centi": "c", "deci": "d", "deca": "da", "hecto": "h", "kilo": "k", "mega": "M", "giga": "G", "tera": "T",
    "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y", "kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti",
}  # fmt: skip
_UNITS = {
    "ampere": "A", "candela": "cd", "kelvin": "K", "kilogram": "kg", "gram": "g", "metre": "m", "meter": "m",
    "mole": "mol", "second": "s", "becquerel": "Bq", "celsius": "°C", "degreeCelsius": "°C", "coulomb": "C",
    "farad": "F", "gray": "Gy", "hertz": "Hz", "henry": "H", "joule": "J", "lumen": "lm", "lux": "lx", "newton": "N",
    "ohm": "Ω", "pascal": "Pa", "radian": "rad", "siemens": "S", "sievert": "Sv", "steradian": "sr", "tesla": "T",
    "volt": "V", "watt": "W", "weber": "Wb", "day": "d", "hour": "h", "minute": "min", "hectare": "ha",
    "litre": "L", "liter": "L", "tonne": "t", "electronvolt": "eV", "dalton": "Da", "bar": "bar", "decibel": "dB",
    "bel": "B", "neper": "Np", "percent": "%", "degree": "°", "arcminute": "′", "arcsecond": "″", "angstrom": "Å",
    "bit": "bit", "byte": "B", "year": "yr", "km": "km", "cm": "cm", "mm": "mm", "um": "μm", "nm": "nm", "kg": "kg",
    "mg": "mg", "ug": "μg", "ms": "ms", "us": "μs", "ns": "ns", "ps": "ps", "Hz": "Hz", "kHz": "kHz", "MHz": "MHz",
    "GHz": "GHz", "THz": "THz", "mV": "mV", "kV": "kV", "mA": "mA", "uA": "μA", "mW": "mW", "kW": "kW", "MW": "MW",
    "GW": "GW", "kWh": "kWh", "eV": "eV", "keV": "keV", "MeV": "MeV", "GeV": "GeV", "TeV": "TeV", "kPa": "kPa",
    "MPa": "MPa", "GPa": "GPa", "kN": "kN", "kJ": "kJ", "MJ": "MJ", "dB": "dB", "ml": "ml", "mL": "mL",
}  # fmt: skip
_POWERS = {"squared": "^2", "cubed": "^3"}
_BEFORE = {"square": "^2", "cubic": "^3"}


def unit_tokens(tokens: list[Token]) -> list[Token]:
    """A unit in siunitx's words as characters; what is no such word stays as it is."""
    written: list[Token] = []
    power = ""
    for token in tokens:
        kind, name, start, end = token
        if kind != CS:
            written.append((kind, name.replace(".", "·") if kind == TEXT else name, start, end))
            continue
        power, text = _BEFORE.get(name, power), _in_characters(name)
        if text is None:
            written.append(token)
        elif text:
            written.append((TEXT, text, start, end))
        if power and name in _UNITS:
            written.append((TEXT, power, start, end))
            power = ""
    return written


def _in_characters(name: str) -> str | None:
    if name in _BEFORE or name in ("of", "raiseto", "tothe", "highlight"):
        return ""
    return _PREFIXES.get(name) or _UNITS.get(name) or _POWERS.get(name) or {"per": "/", "cdot": "·"}.get(name)


def handle_quantity(reader: Reader, token: Token) -> None:
    r"""\SI{3.5}{\kilo\gram}, \qty{5}{GB}: number and unit side by side."""
    stream = reader.stream
    stream.optional()
    number = stream.argument()
    stream.optional()
    unit = unit_tokens(stream.argument())
    gap = "" if "".join(part[1] for part in unit) in ("%", "°") else " "
    stream.push([*number, (TEXT, gap, token[3], token[3]), *unit])


def handle_unit(reader: Reader, token: Token) -> None:
    r"""\si{\metre\per\second}, \unit."""
    reader.stream.optional()
    reader.stream.push(unit_tokens(reader.stream.argument()))


def handle_range(reader: Reader, token: Token) -> None:
    r"""\SIrange{1}{2}{\second}, \qtyrange, \numrange: both ends and the unit."""
    stream = reader.stream
    stream.optional()
    first, second = stream.argument(), stream.argument()
    unit = [] if token[1] == "numrange" else unit_tokens(stream.argument())
    dash, gap = (TEXT, "–", token[3], token[3]), (TEXT, " " if unit else "", token[3], token[3])
    stream.push([*first, dash, *second, gap, *unit])


def handle_list(reader: Reader, token: Token) -> None:
    r"""\SIlist{1;2}{\second}, \numlist{1;2}: the numbers, commas between them, and the unit."""
    stream = reader.stream
    stream.optional()
    numbers = [
        (kind, value.replace(";", ", ") if kind == TEXT else value, start, end)
        for kind, value, start, end in stream.argument()
    ]
    unit = [] if token[1] == "numlist" else unit_tokens(stream.argument())
    stream.push([*numbers, (TEXT, " " if unit else "", token[3], token[3]), *unit])


def handle_angle(reader: Reader, token: Token) -> None:
    r"""\ang{30}."""
    reader.stream.optional()
    reader.stream.push([*reader.stream.argument(), (TEXT, "°", token[3], token[3])])


def handle_number(reader: Reader, token: Token) -> None:
    r"""\num{1234.5}."""
    reader.stream.optional()
    reader.stream.push(reader.stream.argument())


UNIT_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("SI", "qty"), handle_quantity),
    **dict.fromkeys(("si", "unit"), handle_unit),
    **dict.fromkeys(("SIrange", "qtyrange", "numrange"), handle_range),
    **dict.fromkeys(("SIlist", "qtylist", "numlist"), handle_list),
    "ang": handle_angle,
    "num": handle_number,
}
