// Date patterns: a subset of strftime's, both ways, with English names.

const WIDTHS = { Y: 4, y: 2, m: 2, d: 2, H: 2, I: 2, M: 2, S: 2, f: 6, j: 3 };

const NAMES = {
  b: MONTHS.map((name) => name.slice(0, 3)),
  B: MONTHS,
  a: WEEKDAYS.map((name) => name.slice(0, 3)),
  A: WEEKDAYS,
  p: ["AM", "PM"],
};

const ZONE_FORMS = { z: "[Zz]|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?", Z: "[A-Za-z][A-Za-z0-9_+/-]*" };

function readPattern(pattern) {
  if (points(pattern).length > 256) fail(`a date pattern of ${points(pattern).length} characters`, "make it shorter");
  return (pattern.match(/%[^]?|[^%]+/gu) || []).map((piece) => {
    if (piece[0] !== "%") return { text: piece };
    const letter = piece.slice(1);
    if (letter === "%") return { text: "%" };
    if (has(WIDTHS, letter) || has(NAMES, letter) || has(ZONE_FORMS, letter)) return { letter };
    return fail(`%${letter} in ${describe(pattern)}`);
  });
}

function f_format_date(x, pattern) {
  const pieces = readPattern(textOf(pattern));
  const isDay = pieces.every((piece) => !piece.letter || "YymdjbBaA".includes(piece.letter));
  const instant = isDay ? dayArgument(x) : dateArgument(x);
  const parts = partsOf(clockOf(instant));
  return pieces.map((piece) => (piece.letter ? printPiece(instant, parts, piece.letter) : piece.text)).join("");
}

function printPiece(instant, p, letter) {
  if (has(WIDTHS, letter)) return digits(numberPart(p, letter), WIDTHS[letter]);
  if (letter === "b" || letter === "B") return NAMES[letter][p.month - 1];
  if (letter === "a" || letter === "A") return NAMES[letter][p.weekday];
  if (letter === "p") return NAMES.p[Math.floor(p.hour / 12)];
  const [, offset, name] = spanAt(instant.zone, instant.micros);
  return letter === "z" ? offsetText(offset, "") : name;
}

function numberPart(p, letter) {
  const numbers = { Y: p.year, y: p.year % 100, m: p.month, d: p.day, H: p.hour, I: p.hour % 12 || 12, M: p.minute, S: p.second, f: p.micros, j: p.yearDay };
  return numbers[letter];
}

function readByPattern(text, pattern, assumed) {
  const { form, letters } = compilePattern(pattern);
  const match = points(checkScalar(text)).length <= 256 ? form.exec(text) : null;
  if (match === null) fail(`${describe(text)}, which is not written as ${describe(pattern)}`);
  const parts = {};
  letters.forEach((letter, index) => (parts[letter] = match[index + 1]));
  const zone = zonePart(parts) || assumed;
  const wall = assemble(parts);
  if (wall === null) fail(`${describe(text)}, no such date`);
  if (zone === null) noZone(text);
  return localise(wall, zone, !has(parts, "H") && !has(parts, "I"));
}

function zonePart(parts) {
  if (has(parts, "z")) return zoneOf(parts.z);
  if (!has(parts, "Z")) return null;
  return parts.Z.toUpperCase() === "GMT" ? UTC : zoneOf(parts.Z);
}

function compilePattern(pattern) {
  const pieces = readPattern(pattern);
  const letters = pieces.filter((piece) => piece.letter).map((piece) => piece.letter);
  const twice = letters.find((letter, index) => letters.indexOf(letter) !== index);
  if (twice !== undefined) fail(`%${twice} twice in ${describe(pattern)}`);
  if (!letters.includes("Y") && !letters.includes("y")) fail(`${describe(pattern)}, a pattern without a year`, "add %Y or %y");
  if (letters.includes("I") !== letters.includes("p") && !letters.includes("H")) {
    fail(`${describe(pattern)}, half of a 12-hour time`, "%I and %p go together");
  }
  const source = pieces.map((piece, index) => pieceForm(piece, pieces[index + 1])).join("");
  return { form: new RegExp(`^${source}$`), letters };
}

// ASCII letters in either case, and no others.
function anyCase(text) {
  return points(text).map((char) => (/[A-Za-z]/.test(char) ? `[${char.toLowerCase()}${char.toUpperCase()}]` : char.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"))).join("");
}

function pieceForm(piece, next) {
  const { letter } = piece;
  if (!letter) return anyCase(piece.text);
  if (has(ZONE_FORMS, letter)) return `(${ZONE_FORMS[letter]})`;
  if (has(NAMES, letter)) return `(${NAMES[letter].map(anyCase).join("|")})`;
  const isFollowed = next !== undefined && (next.letter ? has(WIDTHS, next.letter) : /^\p{Nd}/u.test(next.text));
  const width = WIDTHS[letter];
  if (isFollowed || letter === "Y" || letter === "y") return `([0-9]{${width}})`;
  return `([0-9]{1,${letter === "f" ? 9 : width}})`;
}

function position(letter, name) {
  return NAMES[letter].findIndex((item) => item.toLowerCase() === name.toLowerCase());
}

function assemble(parts) {
  const number = (letter, otherwise) => (has(parts, letter) ? Number(parts[letter]) : otherwise);
  const short = number("y", 0);
  const year = number("Y", short + (short >= 69 ? 1900 : 2000));
  const named = has(parts, "b") ? "b" : "B";
  const month = has(parts, named) ? position(named, parts[named]) + 1 : number("m", 1);
  let days = checkedDay(year, month, number("d", 1));
  if (days === null) return null;
  if (has(parts, "j")) days = dayNumber(year, 1, 1) + number("j", 1) - 1;
  if (days < dayNumber(1, 1, 1) || days > dayNumber(9999, 12, 31)) return null;
  const hour = has(parts, "H") || !has(parts, "I") ? number("H", 0) : (number("I", 0) % 12) + 12 * position("p", parts.p);
  const isHourWrong = !has(parts, "H") && has(parts, "I") && (number("I", 0) < 1 || number("I", 0) > 12);
  const micros = Number((parts.f || "0").slice(0, 6).padEnd(6, "0"));
  if (hour > 23 || number("M", 0) > 59 || number("S", 0) > 59 || isHourWrong) return null;
  const seconds = (hour * 60 + number("M", 0)) * 60 + number("S", 0);
  const wall = BigInt(days) * DAY + BigInt(seconds) * 1000000n + BigInt(micros);
  return contradicts(partsOf(wall), parts) ? null : wall;
}

function contradicts(p, parts) {
  return Object.keys(parts).some((letter) => {
    if (letter === "f" || has(ZONE_FORMS, letter)) return false;
    if (has(WIDTHS, letter)) return numberPart(p, letter) !== Number(parts[letter]);
    return printPiece(null, p, letter).toLowerCase() !== parts[letter].toLowerCase();
  });
}
