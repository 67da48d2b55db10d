"""The report around a claim, taken off: "We show that", "As shown in Table 2,", "Moreover,"."""

from __future__ import annotations

import re

from importers.compiler.changes import Change

_FRAMES = (
    re.compile(
        r"^(?:Moreover|Furthermore|In addition|Finally|Specifically|In particular|As a "
        r"result|Notably|Overall|Interestingly|However|Also|Additionally|Besides|"
        r"Meanwhile|Consequently|Thus|Hence|Therefore|Indeed|First(?:ly)?|Second(?:ly)?|Third(?:ly)?|Last(?:ly)?|In "
        r"summary|In conclusion|To summarize|Here|More importantly|"
        r"Importantly|Remarkably|Surprisingly|For example|For instance|For illustration|In "
        r"contrast|Crucially|Empirically|Experimentally|On average|Altogether|In practice|Further|On the other hand"
        r"|In particular|Taken together|At the same time|More specifically|In fact|In short|To our knowledge"
        r"|To the best of our knowledge|By contrast|Similarly|Likewise|Second|Then|Next|Besides|Again|Lastly"
        r"|Even more importantly|In other words|That is|As expected|Unsurprisingly|Not surprisingly|Clearly)(?:,\s+"
        r"|(?<=Moreover)\s+|(?<=Finally)\s+|(?<=Thus)\s+|(?<=Hence)\s+|(?<=Furthermore)\s+|(?<=However)\s+)"
    ),
    re.compile(
        r"^(?:[Aa]s|[Ff]rom|[Ii]n)\s+(?:(?:shown|seen|illustrated|reported|can be seen|depicted|summarized|we can "
        r"see|observed|demonstrated|presented)\s+)?(?:in|from|by)?\s*"
        r"(?:the\s+)?(?:Table|Figure|Fig\.?|Tab\.?|Section|Sec\.?|Appendix|Tables|Figures)\s*(?:\d[\w.]*"
        r"|\[[^\]]*\]|[A-Z]\b)?"
        r"(?:\s*(?:and|,|–|-)\s*(?:(?:Table|Figure)\s)?(?:\d[\w.]*"
        r"|\[[^\]]*\]))*(?:\s*\([^)]*\))?(?:\s+rows?\s*\([A-Z]\))?,?\s+"
    ),
    re.compile(
        r"^(?:(?:Our|The|These|Extensive|All|Empirical|Experimental|Comprehensive|Both"
        r"|Preliminary)?\s*(?:[\w-]+\s+){0,3}?(?:experiments?|results?|evaluations?|analys[ie]s|findings?|"
        r"simulations?|ablations?|studies|benchmarks?|Table [\w.]+|Figure [\w.]+|Fig\. [\w.]+)(?: "
        r"[^,.;]{0,90}?)?\s+(?:clearly\s+|also\s+|further\s+)?"
        r"(?:show|demonstrate|indicate|reveal|suggest|confirm|prove|verify|find)s?\s+(?:that\b|(?=(?:our"
        r"|the proposed)\b)))\s*"
    ),
    re.compile(
        r"^(?:[Ww]e|I)\s+(?:can\s+|were able to\s+|are able to\s+)?(?:(?:also|further|then|first|finally"
        r"|empirically|theoretically|experimentally"
        r"|formally|thus|now|next|even|therefore|additionally)\s+)*"
        r"(?:show|demonstrate|find|found|observe|observed|prove|proved|verify|establish|confirm|see|note|discover"
        r"|conclude|argue|report|showed|demonstrated|highlight|notice)\s+"
        r"(?:(?:empirically|theoretically|both|experimentally|in [^,]{3,40}|here"
        r"|for the first time),?\s+)*that,?\s+(?:(?:in general|surprisingly|for [^,]{3,30}),\s+)?"
    ),
    re.compile(
        r"^(?:From|In) the (?:table|figure|results?|plot)s?(?: above| below)?,?\s+(?:we\s+(?:can\s+)?(?:see"
        r"|observe|find|note)\s+that\s+|it can be (?:seen|observed) that\s+)?"
    ),
    re.compile(r"^as expected,\s+"),
    re.compile(
        r"^(?:[Aa]s\s+(?:we\s+(?:have\s+)?)?(?:can be\s+)?(?:shown?|showed|seen?|saw|illustrated|depicted|observed"
        r"|discussed|demonstrated"
        r"|reported|explained|argued)\s+)?[Ii]n\s+(?:the\s+)?"
        r"(?:(?:left|right|top|bottom|upper|lower|middle|first|second)(?:-hand)?\s(?:panels?|plots?|rows?|columns?"
        r"|parts?)\s(?:of|in)\s)?"
        r"(?:[Tt]ables?|[Ff]igures?|[Ff]igs?\.?|[Ss]ections?|[Aa]ppendix)\s[^,;]{1,24},\s+"
    ),
    re.compile(r"^(?:Section|Sec\.|§)\s?\d[\d.]*\s+(?=[A-Z])"),
    re.compile(r"^[A-Z][\w &]{3,40}\s[–—-]\s(?=We\b)"),
    re.compile(
        r"^(?:(?:[A-Z][\w-]*|for|of|in|and|to|the|with|on)\s){2,8}(?=We (?:show|demonstrate|prove|find|observe)\b)"
    ),
    re.compile(
        r"^(?:Through|Via|By means of)\s[^,.;]{3,60},\s+(?:we|I)\s+(?:also\s+)?(?:show|prove|demonstrate|establish"
        r"|find|observe)"
        r"\s+that\s+"
    ),
    re.compile(
        r"^(?:Most (?:particularly|notably|importantly)|Now|After inspection|Concretely|Remarkably|Nevertheless"
        r"|Nonetheless),\s+"
    ),
    re.compile(
        r"^(?:[^.;]{3,60},\s+)?[Ii]t (?:appears|turns out|is (?:\w+ )?(?:clear|evident|noteworthy|apparent|notable"
        r"|interesting to see))"
        r"\s+that\s+"
    ),
    re.compile(r"^(?:In this (?:plot|table|figure),\s+)?an? (?:obvious|striking|notable|interesting) fact is that\s+"),
    re.compile(r"^[Ww]e (?:may |can )?(?:summari[sz]e|conclude)[^.;]{0,40}? by (?:mentioning|saying|noting) that\s+"),
    re.compile(
        r"^(?:The|A|One|Our) (?:most |more |key |main |first |second |third |final )?(?:striking |interesting "
        r"|surprising |notable |important )?"
        r"(?:fact|finding|result|observation|conclusion|takeaway)s?(?: (?:we|that we|one can) \w+(?: (?:here|there"
        r"|(?:on|in|from) (?:this |the )?(?:[Ff]igure|[Tt]able|Fig\.)\s\S+))?)? (?:is|was) that\s+"
    ),
    re.compile(
        r"^(?:Referring|Returning|Turning) to (?:the )?(?:Tables?|Figures?|Figs?\.|[Ss]ections?)\s[^,]{1,30},\s+"
    ),
    re.compile(
        r"^(?:[Ss]imilar(?:ly)? to|[Cc]onsistent with|[Ii]n line with|[Aa]s in|[Ii]n agreement with)\s[^,;]{3,60},\s+"
        r"(?:in\s[^,;]{3,40}\s)?(?:we|I)\s+(?:also\s+)?(?:find|found|show|observe|observed|see|report)\s+that\s+"
    ),
    re.compile(
        r"^(?:Tables?|Figures?|Figs?\.)\s[^,.;]{0,12}?\s?(?:presents?|shows?|reports?|summari[sz]es?|lists?"
        r"|compares?)\s[^,.;]{3,80},\s+"
        r"(?:showcasing|showing|demonstrating|indicating|revealing|confirming|suggesting)\s+that\s+"
    ),
    re.compile(r"^In (?:the )?(?:previous|preceding|following|next) (?:sub)?sections?,\s+(?:we\s+\w+\s+that\s+)?"),
    re.compile(
        r"^(?:(?:A|The)\s)?[Cc]omparisons?\s(?:with|to|of|between)\s[^,.;]{3,80}?\s(?:shows?|demonstrates?"
        r"|indicates?|reveals?"
        r"|confirms?|suggests?)\s+that\s+"
    ),
    re.compile(
        r"^(?:[Ww]e are|[Tt]his (?:paper|work|article|study) is|[Oo]urs is)\s+(?:among\s+)?the first\s+(?:\w+\s)?to\s+"
        r"(?:show|demonstrate|prove|establish|find|report|observe)\s+(?:empirically\s+|experimentally\s+)?that\s+"
    ),
    re.compile(
        r"^(?:Tables?|Figures?|Figs?\.)(?:\s[\w.]+(?:(?:,\s|\sand\s|,\sand\s|–|-)[\w.]+)*)?(?:,? \(?(?:top|bottom"
        r"|left|right|middle|upper|lower|center)\)?,?)? "
        r"(?:clearly |also |further )?(?:shows?|demonstrates?|indicates?|confirms?|reveals?|suggests?) that\s+"
    ),
    re.compile(r"^In (?:rows?|columns?) \([A-Z]\)(?: and \([A-Z]\))?,?\s+"),
    re.compile(r"^(?:Inspecting|Looking at|Examining|Comparing) (?:these|those|the|this) [\w ]{3,40},\s+"),
    re.compile(r"^In (?:this|the present) (?:paper|work|study|article|report|letter|note|survey),?\s+"),
    re.compile(
        r"^(?:[^.;]{3,160},\s+)?(?:[Ww]e|I)\s+(?:would like|want|wish)\s+to\s+(?:also\s+)?"
        r"(?:emphasi[sz]e|stress|note|point out|highlight|underline|remark)\s+that\s+"
    ),
    re.compile(
        r"^(?:Through|By|From|Via|Based on|Using|In)\s(?:[\w-]+\s){0,4}?(?:experiments?|evaluations?"
        r"|investigations?|analys[ei]s"
        r"|studies|study|ablations?|results?|simulations?|comparisons?)(?:\s[^,]{0,60})?,\s+(?:[Ww]e"
        r"|I)\s+(?:\w+ly\s+|also\s+)?"
        r"(?:show|showed|find|found|observe|observed|demonstrated?|see|proved?|concluded?|verify|verified"
        r"|confirm|confirmed)\s+that\s+"
    ),
    re.compile(r"^(?:The|Our) (?:experiments|results) (?:reveal|show|uncover|indicate) an? [\w -]{3,40}:\s+"),
    re.compile(r"^[Tt]he following [\w ]{3,30} can be \w+:\s+(?:\(\w{1,3}\)\s+)?"),
    re.compile(r"^In (?:§|Sec\w*\.?)?\s?\d+(?:\.\d+)*,\s+"),
    re.compile(r"^[A-Z][A-Za-z]+(?:,? (?:and |& )?[A-Z]?[A-Za-z-]+){0,4}:\s+(?=[A-Z(])"),
    re.compile(r"^(?:[ivx]{1,4}|\d)[.)]\s*(?=[A-Z])"),
    re.compile(r"^\(?(?:\d|[ivx]{1,4}|[a-e])\)\s+"),
    re.compile(
        r"^(?:[Ww]e\s+)?(?:observe|see|find|notice)\s+(?:an?\s+)?similar (?:behaviou?rs?|trends?|results?"
        r"|patterns?)[^:.;]{0,50}:\s+"
    ),
    re.compile(r"^[A-Z][\w ,'’-]{3,60}[:.]\s+(?=[Ww]e\b|[Oo]ur\b)"),
    re.compile(
        r"^(?:It (?:is|was|can be|has been) (?:shown|found|seen|observed|proved|demonstrated)|This (?:shows"
        r"|indicates|suggests|demonstrates|confirms|implies|means)|This result (?:shows|suggests"
        r"|indicates)) that\s+"
    ),
)
_ENUMERATED = re.compile(r"\(\$?(?:[ivx]{1,4}|[a-e])\$?\)\s+")
_INNER = re.compile(
    r"^(?P<where>(?:On|In|For|At|With|Under|Across|When|Given|Over|Within|Among|Concerning|Regarding)\s[^,]{3,80},\s+"
    r"|[A-Z][a-z-]+(?:ing|ed)\s[^,]{3,80},\s+)(?P<told>(?:we"
    r"|I)\s+(?:\w+ly\s+|also\s+|first\s+|further\s+|then\s+|next\s+"
    r"|can\s+)?(?:show|find|found|observe|observed|demonstrate|see|saw|prove|conclude|verify|confirm|note|notice"
    r"|highlight)"
    r"\s+(?:that\s+|(?=(?:they|all|no)\b)))"
)
_AGAIN = re.compile(
    r"( and|;(?: and)?) that (?=(?:(?!that\b|which\b)[^,;.]){3,60}?\b(?:is|are|was|were|can|has|have|[a-z]+s"
    r"|[a-z]+ed)\b)"
)
_ASIDE = re.compile(
    r"(,|;| and| but| that)\s+(we (?:also |further |then )?(?:highlight|note|notice|observe|find|found|see|remark"
    r"|stress"
    r"|conclude) that)\s+"
)
_WE = re.compile(
    r"^(?:[Ww]e|I)\s+(?:also\s+|thus\s+|further\s+)?(achieve|obtain|improve|reduce|outperform|increase"
    r"|accelerate|match|attain|surpass|exceed|gain|speed up)\b"
)


def strip_frames(text: str, changes: list[Change]) -> str:
    """The sentence without its report; each piece taken off is noted in ``changes``."""
    for _ in range(4):
        before = text
        inner = _INNER.match(text)
        if inner:
            changes.append(Change("frame", inner["told"].strip(), ""))
            text = f"{inner['where']}{text[inner.end() :]}"
        for pattern in _FRAMES:
            match = pattern.match(text)
            if match and len(text) - match.end() > 25:
                changes.append(Change("frame", match[0].strip(), ""))
                text = text[match.end() :]
                if match[0].rstrip().endswith("that") and " that " in text:
                    changes.extend(Change("frame", again[0], again[1]) for again in _AGAIN.finditer(text))
                    text = _AGAIN.sub(r"\1 ", text)
        if text == before:
            break
    if " we " in text:
        changes.extend(Change("frame", match[2], "") for match in _ASIDE.finditer(text))
        text = _ASIDE.sub(r"\1 ", text)
    if len(_ENUMERATED.findall(text)) > 1:
        changes.extend(Change("frame", mark.strip(), "") for mark in _ENUMERATED.findall(text))
        text = _ENUMERATED.sub("", text)
    if changes and changes[-1].before.lower().startswith("our ") and text[:3] == "it ":
        text = f"The proposed method {text[3:]}"
    match = _WE.match(text)
    if match:
        verb = match[1]
        third = (
            verb.replace("speed up", "speeds up")
            if verb == "speed up"
            else verb + ("es" if verb.endswith(("ss", "ch")) else "s")
        )
        changes.append(Change("frame", match[0], f"The proposed method {third}"))
        text = f"The proposed method {third}{text[match.end() :]}"
    return text
