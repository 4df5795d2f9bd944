"""What a pattern matches is what the engine that validates payloads matches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.inclusion.languages import TextSet, members, read_pattern
from agent.core.inclusion.languages.charsets import ALL
from agent.core.patterns import is_usable
from agent.core.shapes.facts import does_match

TEXTS = (
    *("", "a", "b", "c", "A", "1", "-", " ", "_", ".", "\n", "\r", "\t", "\x08", "\x00"),
    *("aa", "ab", "ba", "abc", "aab", "bc", "a\n", "\na", "a\nb", "a\r\n", "1a", "a1", "a b"),
    *("aaa", "aaaa", "abab", "cab", "a-b", "a.b", "foo", "foobar", "xfoo", "bar", "foo\n"),
    *(
        "é",
        "É",
        "ß",
        "日本",
        "😀",
        "a😀",
        "\u0661",
        "\u2028",
        "\u00a0",
        "\ufeff",
        "\u0085",
        "\u212a",
    ),
    *("2024-02-30", "a@b.c", "a]b", "{", "}", "{1}", "a{1", "[", "]", "^", "$", "a$", "^a", "\\"),
)
READ = (
    *("", "a", "^a", "a$", "^a$", "^$", "$", "^", "a|b", "^a|b$", "^(a|b)$", "^(?:a|b)$", "a||b"),
    *(
        "^(a|)$",
        "^(|a)$",
        "^()$",
        "^(?:)$",
        "()",
        "(^a|b$)",
        "(^|a)b",
        "a($|b)",
        "a^b",
        "a$b",
        "$^",
    ),
    *(
        "^^a",
        "a$$",
        "(^)a",
        "(^)*a",
        "(^a)*$",
        "(a$)*",
        "(^|a){2}$",
        "^(a|$){2}",
        "(^|b)+a",
        "^(a$|b)+",
    ),
    *(
        "^(^a)$",
        "^((c|a)|ca)$",
        "^(c|a)a?ca$",
        "x*",
        "^x*$",
        "^a*$",
        "^a+$",
        "^a?$",
        "^a*?$",
        "^a+?b",
    ),
    *(
        "^a??$",
        "^a{2}$",
        "^a{2,}$",
        "^a{2,3}$",
        "^a{0}$",
        "^a{0,1}$",
        "^a{2,3}?$",
        "^(ab){2}$",
        "(ab)+$",
    ),
    *(
        "^(a*)*$",
        "^(a*b*)*$",
        "^(a|ab)(c|bcd)*$",
        "^(a?){3}$",
        "^(a?b?){2,3}$",
        "^((a{1,2}){2}){2}$",
    ),
    *("^(|a)+$", "^(|a){3}$", "^(?<first>a)(?<second>b)$", "^(((a)))$", "^(a(b(c)?)?)?$"),
    *(
        ".",
        "^.$",
        "^.*$",
        "^.+$",
        "a.b",
        "^.{2}$",
        "^[^]$",
        "^[^]*$",
        "[]",
        "^[]$",
        "a[]|b",
        "^[]*$",
    ),
    *(
        r"\d",
        r"^\d+$",
        r"^\D$",
        r"\w",
        r"^\w+$",
        r"^\W$",
        r"\s",
        r"^\s$",
        r"^\S$",
        r"^\S+$",
        r"^\S*$",
    ),
    *("[ab]", "[^ab]", "^[^ab]$", "^[a-c]+$", "^[-a]$", "^[a-]$", "^[a-c-]$", "^[+--]$", "^[--a]$"),
    *(r"^[\d-z]$", r"^[\w-.]$", r"^[a-\d]$", r"^[\]]$", r"^[^\]]$", "^[[]$", "^[[a]$", "^[a&&b]$"),
    *(
        "^[a~~b]$",
        "^[$^.]$",
        "^[^^]$",
        "^[a^]$",
        r"^[\b]$",
        r"^[\^]$",
        r"^[\\]$",
        r"^[\-a]$",
        r"^[.]$",
    ),
    *(
        r"^[^\S]$",
        r"^[^\d\s]$",
        r"^[\D\d]$",
        r"^[^\D]$",
        r"^[\s\S]*$",
        r"^[\w\W]$",
        "[😀]",
        "^[^😀]$",
    ),
    *(
        r"\.",
        r"^\.$",
        r"^\\$",
        r"^\^$",
        r"^\$$",
        r"^\/$",
        "^/$",
        r"^\-$",
        r"^\_$",
        r"^\@$",
        r"^\ $",
    ),
    *(r"^\{$", r"^\}$", r"^\[$", r"^\]$", "^{$", "^}$", "^]$", "a{", "a{1", "^a{,2}$", "^{1"),
    *(r"^\t$", r"^\n$", r"^\r$", r"^\v$", r"^\f$", r"^\0$", r"^\cI$", r"^\cj$", r"^[\cJ]$", "^\n$"),
    *(
        r"^\x61$",
        r"^\u0061$",
        r"^\u{61}$",
        r"^\u{1F600}$",
        r"^[\x61-\x63]$",
        r"^[\u{61}-\u{1F600}]$",
    ),
    *(
        "é",
        "^é$",
        "^.😀$",
        "日",
        "^日本$",
        r"^\p{L}$",
        r"^\p{Lu}$",
        r"^\P{L}+$",
        r"^[^\p{L}]$",
        r"^\p{Nd}$",
    ),
    *(
        r"^\p{Letter}$",
        r"^\p{Script=Latin}$",
        r"^[\p{L}\d-]+$",
        r"^\d{4}-\d{2}-\d{2}$",
        "^foo",
        "foo$",
    ),
    *(
        "foo|bar",
        "^(foo|bar)$",
        "^foo|bar$",
        "^foo.*bar$",
        "^(?:foo)?bar$",
        r"^[^@]+@[^@]+\.[^@]+$",
    ),
    *("^(a{3}|a{5})$", "^[a-z][a-z0-9-]{0,62}$", "^[Kk]$", "K", r"\u212a"),
)
LOOKING = (
    *(
        "^(?!a)b",
        "^(?!a)",
        "^(?!ab)[ab]+$",
        "^(?=.*b)(?!.*c)[abc]*$",
        "^(?!.*--)[a-z-]+$",
        "^(?!$)",
    ),
    *("^(?=a)(?!b)a", "^(?!^a)a*", "^(?!a$)a*$", "^(?=(a|b){2}$)[abc]+", "^(?![])a$", "^(?!x)^a"),
    *("^(?!a|b)(a|b|c)$", r"^(?=.)\d$", r"^(?=.)\D$", r"^(?=.)\w$", r"^(?=.)\W$", r"^(?=.)\s$"),
    *(r"^(?=.)\S$", r"^(?=[\s\S])[^\S]$", r"^(?=.)[\w-]$", r"^(?=.)[^\w-]$", r"^(?=.*\d)\w{1,3}$"),
    *(r"^(?=\x61)\u0061\u{62}$", r"^(?!a)[\b]$", r"^(?!a)\0$", r"^(?!a)\v$", r"^(?!a)\t$"),
    *(r"^(?!a)\-$", r"^(?!a)\$", r"^(?!a)[$^]", r"^(?!a)\p{Lu}$", r"^(?=)\/?a$", "^(?!a)[[&&a]$"),
)
OPAQUE = (
    *(
        "^(?!)?a",
        "(?!a)^b",
        "(^(?!a)b)",
        "^(?!a)b|c",
        "a(?!b)",
        "^a(?!b)c",
        "^(?!a(?!b))",
        "(?<!a)$b",
    ),
    *("^(?!a)*b", "^(?!a){2}b", "^[ab]+(?<!b)$", r"^(?!a)\cJ"),
    *("(?=a)a", "(?!a)b", "(?<=a)b", "(?<!a)b", r"(a)\1", r"(?<n>a)\k<n>", r"\ba", r"a\B", "(?i)a"),
    *(
        "(?i:a)",
        "(?x)a b",
        "(?s).",
        "a++",
        "a?+",
        "a**",
        "a{2}{3}",
        "^*",
        "^+a",
        "${2}",
        "*",
        "a|*",
    ),
    *("(", ")", "(a", "[a", "a\\", r"\a", r"\e", r"\z", r"\A", r"\Z", r"\<", r"\é", r"\8", r"\01"),
    *("[z-a]", "[a--b]", r"\x4", r"\x{61}", r"\u12", r"\uD83D", r"\u{110000}", r"\c1", r"\p{Nope}"),
    *(
        r"\pL",
        r"\p{}",
        r"\U00000041",
        "a{2,1}",
        "(?>a)",
        "(?#a)",
        "(?P=n)",
        "\ud800",
        "(" * 60 + ")" * 60,
        "a?" * 2_000,
    ),
)
PARTS = st.sampled_from(
    [
        *(
            "a",
            "b",
            "c",
            "-",
            "^",
            "$",
            ".",
            "1",
            " ",
            "\n",
            "é",
            r"\d",
            r"\w",
            r"\s",
            r"\D",
            r"\W",
        ),
        *(
            r"\S",
            "[ab]",
            "[^a]",
            "[a-c]",
            "[^]",
            "[]",
            r"[\d-z]",
            r"[^\S\d]",
            "[a-]",
            r"\n",
            r"\x61",
        ),
        *(r"\.", r"\p{Lu}", r"[^\p{L}\d]", "[[a&&b]", "{", "}", "]", "^a", "b$"),
    ]
)
QUANTIFIERS = st.sampled_from(["*", "+", "?", "*?", "??", "{2}", "{0,2}", "{1,3}", "{2,}", "{0}"])
PATTERNS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: f"({'|'.join(each)})"),
        st.tuples(inner, QUANTIFIERS).map(lambda each: f"(?:{each[0]}){each[1]}"),
    ),
    max_leaves=8,
)
SHORT_TEXTS = st.text(st.sampled_from("aabbc1- \nAé_😀[&}{"), max_size=6)


@pytest.mark.parametrize("pattern", READ + LOOKING)
def test_pattern__that_is_read__matches_what_the_engine_matches(pattern: str) -> None:
    """A language has a text when the engine finds the pattern in it."""
    language = read_pattern(pattern)
    assert language is not None
    for text in TEXTS:
        assert language.has(text) == does_match(pattern, text), text


@pytest.mark.parametrize("pattern", OPAQUE)
def test_pattern__that_is_not_regular_or_not_known__is_opaque(pattern: str) -> None:
    """What is not surely read like the engine reads it has no language."""
    assert read_pattern(pattern) is None


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.lists(SHORT_TEXTS, max_size=12))
def test_pattern__of_any_build__matches_what_the_engine_matches(
    pattern: str, texts: list[str]
) -> None:
    """The engine agrees about chosen texts, members and non-members of any pattern."""
    language = read_pattern(pattern) if is_usable(pattern) else None
    if language is None:
        return
    for text in (*TEXTS[:20], *texts):
        assert language.has(text) == does_match(pattern, text), text
    for text in members(TextSet((language,)), 10, budget=3_000).texts:
        assert does_match(pattern, text), text
    for text in members(TextSet((), (language,)), 10, budget=3_000).texts:
        assert not does_match(pattern, text), text


@pytest.mark.parametrize(
    "escape",
    [
        r"\d",
        r"\D",
        r"\w",
        r"\W",
        r"\s",
        r"\S",
        ".",
        "[^]",
        "[^a]",
        r"\p{L}",
        r"\p{Nd}",
        r"[^\p{Lu}\s]",
    ],
)
def test_class__over_every_character__has_what_the_engine_has(escape: str) -> None:
    """A class of characters holds the same ones here and in the engine, of all of Unicode."""
    language = read_pattern(f"^{escape}*$")
    assert language is not None
    inside: set[int] = set()
    machine = language.take_machine()
    for symbol, charset in enumerate(machine.classes):
        if machine.step(machine.start, symbol).is_accepting:
            inside.update(code for low, high in charset for code in range(low, high + 1))
    every = [code for low, high in ALL for code in range(low, high + 1)]
    blocks = [every[at : at + 128] for at in range(0, len(every), 128)]
    for block in blocks:
        yes = "".join(chr(code) for code in block if code in inside)
        no = "".join(chr(code) for code in block if code not in inside)
        assert does_match(f"^{escape}*$", yes)
        assert not does_match(escape, no)
