"""Generated objects and arrays: missing values vanish from them."""

from __future__ import annotations

from agent.core.language.compiler import kinds
from agent.core.language.compiler.code import CannotCompile
from agent.core.language.compiler.generator import Generator
from agent.core.language.compiler.values import Value
from agent.core.language.syntax import ArrayDisplay, Literal, ObjectDisplay


def write_object(gen: Generator, display: ObjectDisplay) -> Value:
    """Return an object of literal text keys, made only where someone needs it as one."""
    parts: dict[str, Value] = {}
    for key, value in display.entries:
        if not isinstance(key, Literal) or not isinstance(key.value, str):
            return _computed(gen, display)
        parts.pop(key.value, None)
        parts[key.value] = gen.value(value)
    return Value("", kinds.OBJECT, parts=tuple(parts.items()), depth=gen.code.loops)


def _computed(gen: Generator, display: ObjectDisplay) -> Value:
    """Return an object with a computed key; one with keys that are no texts is a table."""
    pairs = [(gen.value(key), gen.value(value)) for key, value in display.entries]
    if not all(key.is_within(kinds.TEXT | kinds.MISSING) for key, _ in pairs):
        raise CannotCompile("a computed key that may be no text")
    held = gen.holding([value for _, value in pairs])
    made = gen.made("{}", kinds.OBJECT, **held)
    for key, value in pairs:
        code = gen.plain(value)
        tests = [f"{key.code} is not M"] if key.has(kinds.MISSING) else []
        tests += [f"{code} is not M"] if value.has(kinds.MISSING) else []
        test = f"if {' and '.join(tests)}: " if tests else ""
        gen.code.line(f"{test}{made.code}[{key.code}] = {code}")
    return made


def write_array(gen: Generator, display: ArrayDisplay) -> Value:
    """Return an array of some items."""
    items = [gen.value(item) for item in display.items]
    codes = [gen.plain(item) for item in items]
    held = gen.holding(items)
    common = common_of(items)
    if not any(item.has(kinds.MISSING) for item in items):
        return gen.made(f"[{', '.join(codes)}]", kinds.ARRAY, item=common, **held)
    made = gen.made("[]", kinds.ARRAY, item=common, **held)
    for item, code in zip(items, codes, strict=True):
        test = f"if {code} is not M: " if item.has(kinds.MISSING) else ""
        gen.code.line(f"{test}{made.code}.append({code})")
    return made


def common_of(items: list[Value]) -> Value:
    """Return what is known of every one of some values, for one that is there."""
    kind = 0
    for item in items:
        kind |= item.kinds
    kind &= ~kinds.MISSING
    is_scalar = not kind & ~kinds.SCALAR
    return Value("", kind, is_shared=not is_scalar, is_tidy=is_scalar)
