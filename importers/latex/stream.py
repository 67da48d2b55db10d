"""The stream of tokens a reader pulls from: files and macro bodies on one stack, the paper's macros expanded.

A token that comes from a macro's body carries the place of the call, so that a sentence written with macros still
stands where the author wrote it; a body long enough to be prose keeps its own place. Expansion is bounded: when the
budget is spent, macros pass through unexpanded and a note says so.
"""

from __future__ import annotations

from collections.abc import Callable

from importers.latex.macros import Macro, MacroTable, text_of
from importers.latex.signature import take
from importers.latex.tokens import BEGIN, BRACKET, CLOSE, CS, DISPLAY, END, MATH, OPEN, PAR, PARAM, TEXT, Token

MAX_EXPANSIONS = 100_000
MAX_EXPANDED_TOKENS = 1_000_000
MAX_ALLOWANCES = 6
MAX_DEPTH = 300
PROSE_LENGTH = 240

_Frame = tuple[list[Token], int]


class TokenStream:
    """Pull tokens with ``next``; read arguments with ``argument`` and ``optional``."""

    __slots__ = (
        "_at",
        "_endless",
        "_frames",
        "_note",
        "_open_ended",
        "_tokens",
        "_unclosed",
        "allowances",
        "expanded",
        "expansions",
        "macros",
    )

    def __init__(self, macros: MacroTable, note: Callable[[str], None]) -> None:
        self.macros = macros
        self._note = note
        self._frames: list[_Frame] = []
        self._tokens: list[Token] = []
        self._at = 0
        self._unclosed = 0
        self._open_ended = 0
        self._endless: dict[str, int] = {}
        self.expansions = 0
        self.expanded = 0
        self.allowances = MAX_ALLOWANCES

    def push(self, tokens: list[Token]) -> None:
        """Read these tokens next, then go on where we were."""
        if self._at < len(self._tokens):
            self._frames.append((self._tokens, self._at))
        self._tokens, self._at = tokens, 0

    def isolate(self, tokens: list[Token]) -> tuple[list[_Frame], list[Token], int]:
        """Read only these tokens until ``restore`` gets back what this returned."""
        held = (self._frames, self._tokens, self._at)
        self._frames, self._tokens, self._at = [], tokens, 0
        return held

    def restore(self, held: tuple[list[_Frame], list[Token], int]) -> None:
        """Undo ``isolate``."""
        self._frames, self._tokens, self._at = held

    @property
    def depth(self) -> int:
        """How many files and macro bodies are open."""
        return len(self._frames)

    def raw(self) -> Token | None:
        """The next token, unexpanded; None at the end of all input."""
        while self._at >= len(self._tokens):
            if not self._frames:
                return None
            self._tokens, self._at = self._frames.pop()
        token = self._tokens[self._at]
        self._at += 1
        return token

    def next(self) -> Token | None:
        """The next token with the paper's macros expanded; None at the end of all input."""
        commands = self.macros.commands
        while True:
            if self._at < len(self._tokens):
                token = self._tokens[self._at]
                self._at += 1
            else:
                found = self.raw()
                if found is None:
                    return None
                token = found
            if token[0] != CS:
                return token
            macro = commands.get(token[1])
            if macro is None and token[1][-1:] == "*" and (macro := commands.get(token[1][:-1])) is not None:
                self.push([(TEXT, "*", token[3] - 1, token[3])])
            if macro is None or not self._may_expand():
                return token
            if macro.primitive:
                return (CS, macro.primitive, token[2], token[3])
            self._expand(macro, token)

    def peek(self) -> Token | None:
        """The next token, left where it is."""
        token = self.raw()
        if token is not None:
            self._at -= 1
        return token

    def unread(self, token: Token) -> None:
        """Put one token back in front."""
        self.push([token])

    def end_file(self) -> None:
        """Leave the rest of the file or body that is being read (\\endinput)."""
        self._at = len(self._tokens)

    def skip_space(self) -> None:
        """Pass over white space, but not over a blank line."""
        while (token := self.peek()) is not None and token[0] == TEXT and token[1].isspace():
            self._at += 1

    def argument(self) -> list[Token]:
        """One mandatory argument, unexpanded and without its braces; a single token where there are none."""
        self.skip_space()
        token = self.raw()
        if token is None:
            return []
        if token[0] == OPEN:
            return self._to_close()
        if token[0] == TEXT:
            return self._first_character(token)
        if token[0] in (PAR, CLOSE, BEGIN, END):
            self._at -= 1
            return []
        return [token]

    def _first_character(self, token: Token) -> list[Token]:
        text = token[1].lstrip()
        if len(text) > 1:
            self.push([(TEXT, text[1:], token[3] - len(text) + 1, token[3])])
        return [(TEXT, text[:1], token[2], token[3])]

    def _to_close(self) -> list[Token]:
        """Up to the brace that closes; where none does, nothing is taken and the brace counts for nothing."""
        frames, tokens, at = list(self._frames), self._tokens, self._at
        reach = self._reach()
        end, depth = _closing(tokens, at, reach, 1)
        if not depth:
            self._at = end + 1
            return tokens[at:end]
        self._at = end
        taken = tokens[at:end]
        while (token := self.raw()) is not None and len(taken) < reach:
            if token[0] == OPEN:
                depth += 1
            elif token[0] == CLOSE:
                depth -= 1
                if not depth:
                    return taken
            taken.append(token)
        self._unclosed += 1
        self._frames, self._tokens, self._at = frames, tokens, at
        return []

    def reach_of_delimiter(self) -> int:
        """How far to look for a macro's delimiter."""
        return min(2000, self._reach())

    def no_delimiter(self) -> None:
        """A delimiter did not come within reach."""
        self._unclosed += 1

    def _reach(self) -> int:
        """How far to look for a closing brace: as far as need be, but not again and again in a broken source."""
        return MAX_EXPANDED_TOKENS if self._unclosed < 20 else 400 if self._unclosed < 2000 else 40

    def optional(self) -> list[Token] | None:
        """One optional argument in brackets, if the next thing is one."""
        self.skip_space()
        token = self.peek()
        if token is None or token[0] != BRACKET or token[1] != "[":
            return None
        frames, tokens, at = list(self._frames), self._tokens, self._at
        self.raw()
        taken: list[Token] = []
        depth = 0
        reach = min(400, self._reach())
        while (token := self.raw()) is not None and token[0] != PAR and len(taken) < reach:
            if token[0] == BRACKET and token[1] == "]" and depth <= 0:
                return taken
            depth += (token[0] == OPEN) - (token[0] == CLOSE)
            taken.append(token)
        self._unclosed += 1
        self._frames, self._tokens, self._at = frames, tokens, at
        return None

    def star(self) -> bool:
        """Pass over a star."""
        token = self.peek()
        if token is not None and token[0] == TEXT and token[1].startswith("*"):
            self.raw()
            if len(token[1]) > 1:
                self.push([(TEXT, token[1][1:], token[2] + 1, token[3])])
            return True
        return False

    def word(self) -> str:
        """One mandatory argument as plain characters (a key, a file name, a length)."""
        return "".join(value if kind != CS else f"\\{value}" for kind, value, _, _ in self.argument()).strip()

    def to_end(self, name: str) -> list[Token] | None:
        """Everything up to the end of environment ``name``, unexpanded; None, and nothing taken, where it has no end.

        A macro of the paper's own that holds the end is expanded.
        """
        if self._endless.get(name, 0) >= 3:
            return None
        closers = {
            macro.name for macro in self.macros.commands.values() if (END, name) in [token[:2] for token in macro.body]
        }
        frames, tokens, at = list(self._frames), self._tokens, self._at
        depth = 1
        taken: list[Token] = []
        while (token := self.raw()) is not None:
            kind, value = token[0], token[1]
            if kind == CS and value in closers:
                self._expand(self.macros.commands[value], token)
                continue
            if kind == BEGIN and value == name:
                depth += 1
            elif kind == END and value == name:
                depth -= 1
                if not depth:
                    return taken
            elif kind == END and value == "document":
                break
            taken.append(token)
        self._frames, self._tokens, self._at = frames, tokens, at
        self._endless[name] = self._endless.get(name, 0) + 1
        return None

    def skip_branch(self, *, stop_at_else: bool, switches: frozenset[str]) -> bool:
        """Pass over a conditional's text to its else or fi, in this file only. False, and nothing passed,
        if unclosed."""
        depth = 0
        held = (list(self._frames), self._tokens, self._at)
        while self._frames and len(rest := self._tokens[self._at : self._at + 4]) < 4 and all(t[0] != CS for t in rest):
            self._tokens, self._at = self._frames.pop()  # what is left of a token that was taken apart
        for index in range(self._at, min(len(self._tokens), self._at + self._branch_reach())):
            kind, value = self._tokens[index][:2]
            if kind != CS:
                continue
            if value in switches:
                depth += 1
            elif value == "fi" or (value == "else" and stop_at_else and not depth):
                if not depth:
                    self._at = index + 1
                    return True
                depth -= value == "fi"
        self._open_ended += 1
        self._frames, self._tokens, self._at = held
        return False

    def _branch_reach(self) -> int:
        """How far to look for the end of a conditional: as far as need be, but not again and again."""
        return MAX_EXPANDED_TOKENS if self._open_ended < 20 else 2000 if self._open_ended < 500 else 40

    def _may_expand(self) -> bool:
        if self.expansions < MAX_EXPANSIONS and self.expanded < MAX_EXPANDED_TOKENS and len(self._frames) < MAX_DEPTH:
            return True
        self._note("macro expansion stopped: the paper's macros call each other without end or too deeply")
        return False

    def begin_section(self) -> None:
        """A section that comes after one whose macros had no end gets an allowance of its own, a few times."""
        spent = self.expansions >= MAX_EXPANSIONS or self.expanded >= MAX_EXPANDED_TOKENS
        if spent and self.allowances:
            self.allowances -= 1
            self.expansions = self.expanded = 0

    def _expand(self, macro: Macro, call: Token) -> None:
        if macro.signature:
            taken = take(self, macro.signature)
            if taken is None:
                return
            values = taken
        else:
            values = [self._value(macro, index) for index in range(macro.arguments)]
        body = place(macro, call, values)
        self.expansions += 1
        self.expanded += len(body)
        if body:
            self.push(body)

    def mark(self) -> tuple[list[_Frame], list[Token], int]:
        """Where the stream stands, for ``restore`` to come back to."""
        return (list(self._frames), self._tokens, self._at)

    def _value(self, macro: Macro, index: int) -> list[Token]:
        if index == 0 and macro.optional is not None:
            given = self.optional()
            return list(macro.optional) if given is None else given
        return self.argument()


def _closing(tokens: list[Token], at: int, reach: int, depth: int) -> tuple[int, int]:
    """Where the brace that closes stands among these tokens, and how many are open there: 0 if it was found."""
    last = min(len(tokens), at + reach)
    for index in range(at, last):
        kind = tokens[index][0]
        if kind == OPEN:
            depth += 1
        elif kind == CLOSE:
            depth -= 1
            if not depth:
                return index, 0
    return last, depth


def place(macro: Macro, call: Token, values: list[list[Token]]) -> list[Token]:
    """A macro's body with its arguments in it, each token placed where the call stands or, in prose,
    where it stands."""
    if macro.long and not values:
        return list(macro.body)
    start, end = call[2], call[3]
    body: list[Token] = []
    for kind, value, _, _ in macro.body:
        if kind == PARAM:
            index = int(value[-1]) - 1
            if value.count("#") > 1:
                body.append((PARAM, value[1:], start, end))
            elif 0 <= index < len(values):
                body.extend(values[index])
        elif values and "#" in value and kind in (MATH, DISPLAY, BEGIN, END, TEXT):
            body.append((kind, _fill(value, values), start, end))
        else:
            body.append((kind, value, start, end))
    return body


def _fill(value: str, values: list[list[Token]]) -> str:
    for index, tokens in enumerate(values, 1):
        value = value.replace(f"#{index}", text_of(tokens))
    return value
