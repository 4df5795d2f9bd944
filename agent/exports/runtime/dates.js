// Functions: dates. A date is microseconds since 1970 and the zone whose clock prints it. A zone is
// {offset} in seconds, with a name, or {name, spans}: [from (UTC seconds), offset, abbreviation].

const UTC = { offset: 0, name: "UTC" };

const DAY = 86400000000n;

const EARLIEST = -62135596800000000n;

const LATEST = 253402300799999999n;

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

function dayNumber(year, month, day) {
  const early = month <= 2 ? 1 : 0;
  const y = year - early;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (early ? 9 : -3)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

function dateOf(days) {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function isLeap(year) {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year, month) {
  return [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

function checkedDay(year, month, day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return dayNumber(year, month, day);
}

function makeInstant(micros, zone) {
  if (micros < EARLIEST || micros > LATEST) fail("a date outside the years 1 to 9999");
  return new Instant(micros, zone);
}

function floorDiv(a, b) {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function spanAt(zone, micros) {
  if (zone.spans === undefined) return [0, zone.offset, zone.name];
  const seconds = Number(floorDiv(micros, 1000000n));
  if (zone.spans[zone.spans.length - 1][0] <= seconds) return ruleAt(zone, seconds);
  let low = 0;
  let high = zone.spans.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (zone.spans[middle][0] <= seconds) low = middle;
    else high = middle;
  }
  return zone.spans[low];
}

// After the last span of a zone its rule holds: summer time between two days of every year.
function ruleAt(zone, seconds) {
  const [standard, name, summer, summerName, begins, ends] = zone.rule;
  if (begins === null) return [0, standard, name];
  const { year } = dateOf(Math.floor((seconds + standard) / 86400));
  const start = ruleDay(year, begins) - standard;
  const end = ruleDay(year, ends) - summer;
  const isSummer = start < end ? start <= seconds && seconds < end : !(end <= seconds && seconds < start);
  return isSummer ? [0, summer, summerName] : [0, standard, name];
}

function ruleDay(year, [month, week, weekday, time]) {
  const first = dayNumber(year, month, 1);
  let day = 1 + ((weekday - (first + 4)) % 7 + 7) % 7 + (week - 1) * 7;
  if (day > daysIn(year, month)) day -= 7;
  return (first + day - 1) * 86400 + time;
}

// The clock's own microseconds since its 1970; only ever in the years 1 to 9999.
function clockOf(instant) {
  const wall = instant.micros + BigInt(spanAt(instant.zone, instant.micros)[1]) * 1000000n;
  if (wall < EARLIEST || wall > LATEST) fail("a date outside the years 1 to 9999");
  return wall;
}

// Of a time that clocks show twice the first; one that they skip gives the offset before the gap.
function offsetAtClock(zone, wall) {
  if (zone.spans === undefined) return zone.offset;
  const early = spanAt(zone, wall - DAY)[1];
  const late = spanAt(zone, wall + DAY)[1];
  for (const offset of [early, late]) {
    if (spanAt(zone, wall - BigInt(offset) * 1000000n)[1] === offset) return offset;
  }
  return early;
}

function localise(wall, zone, isDay) {
  const instant = makeInstant(wall - BigInt(offsetAtClock(zone, wall)) * 1000000n, zone);
  if (clockOf(instant) === wall || isDay) return instant;
  return fail(`${isoClock(wall).replace("T", " ")}, which clocks in ${zone.name} skip`, "check the zone");
}

function zoneOf(x) {
  const name = textOf(x, "give a zone such as 'UTC' or 'Europe/Berlin'");
  if (name === "UTC" || name === "Z" || name === "z") return UTC;
  if (name[0] === "+" || name[0] === "-") return offsetZone(name);
  if (has(ZONES, name)) return ZONES[name];
  return fail(`${describe(x)}, a time zone that this export does not carry`, "name it in the adapter, or use an offset");
}

function offsetZone(text) {
  const match = /^([+-])([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2}))?)?$/.exec(text);
  if (match === null) fail(`${describe(text)}, not an offset`, "write it as +02:00");
  const [hours, minutes, seconds] = match.slice(2).map((part) => Number(part || 0));
  if (hours > 23 || minutes > 59 || seconds > 59) fail(`${describe(text)}, not an offset`, "at most 23:59");
  const offset = (hours * 60 + minutes) * 60 + seconds;
  if (offset === 0) return UTC;
  const signed = match[1] === "-" ? -offset : offset;
  return { offset: signed, name: `UTC${offsetText(signed, ":")}` };
}

function offsetText(offset, colon) {
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map((part) => String(part).padStart(2, "0"));
  if (size % 60 === 0) parts.pop();
  return (offset < 0 ? "-" : "+") + parts.join(colon);
}

const ISO = new RegExp(
  "^([0-9]{4})(?:-([0-9]{2})-([0-9]{2})|([0-9]{2})([0-9]{2})|-W([0-9]{2})-([1-7])|W([0-9]{2})([1-7])|-?([0-9]{3}))" +
    "(?:[Tt ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2}(?:[.,][0-9]+)?))?|([0-9]{2})([0-9]{2}(?:[.,][0-9]+)?)?)?)?" +
    "(?: ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?$"
);

function readIso(text, assumed) {
  const m = text.length <= 64 ? ISO.exec(text) : null;
  if (m === null) fail(`${describe(text)}, not an ISO 8601 date`, "give its form: parse_date(s, pattern='%d.%m.%Y')");
  const zone = m[16] === undefined ? assumed : zoneOf(m[16]);
  const days = isoDay(Number(m[1]), m);
  const time = isoTime(m[11], m[12] || m[14], m[13] || m[15]);
  const wall = days === null || time === null ? null : BigInt(days) * DAY + time;
  if (wall === null || wall > LATEST) fail(`${describe(text)}, no such date`);
  if (zone === null) noZone(text);
  return localise(wall, zone, m[11] === undefined);
}

function noZone(text) {
  fail(`${describe(text)}, a date without a zone`, "say which: parse_date(..., assume_zone='UTC') or an IANA name");
}

function isoDay(year, m) {
  if (year < 1) return null;
  const week = m[6] || m[8];
  if (week !== undefined) return weekDay(year, Number(week), Number(m[7] || m[9]));
  if (m[10] !== undefined) {
    const day = Number(m[10]);
    return day < 1 || day > (isLeap(year) ? 366 : 365) ? null : dayNumber(year, 1, 1) + day - 1;
  }
  return checkedDay(year, Number(m[2] || m[4]), Number(m[3] || m[5]));
}

function weekDay(year, week, day) {
  const start = (y) => {
    const fourth = dayNumber(y, 1, 4);
    return fourth - ((fourth + 3) % 7 + 7) % 7;
  };
  const weeks = (start(year + 1) - start(year)) / 7;
  if (week < 1 || week > weeks) return null;
  const found = start(year) + (week - 1) * 7 + day - 1;
  return found < dayNumber(1, 1, 1) ? null : found;
}

function isoTime(hourText, minuteText, secondText) {
  const hour = Number(hourText || 0);
  const minute = Number(minuteText || 0);
  const [whole, fraction = ""] = (secondText || "0").split(/[.,]/);
  const second = Number(whole);
  const micros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  const isEndOfDay = hour === 24 && minute === 0 && second === 0 && micros === 0;
  const isLeapSecond = minute === 59 && second === 60;
  if ((hour > 23 && !isEndOfDay) || minute > 59 || (second > 59 && !isLeapSecond)) return null;
  return BigInt((hour * 60 + minute) * 60 + second) * 1000000n + BigInt(micros);
}

function dateArgument(x) {
  return x instanceof Instant ? x : f_parse_date(x);
}

function f_parse_date(x, pattern, assumeZone) {
  if (x instanceof Instant) return x;
  if (typeof x !== "string") fail(`${describe(x)}, not a date`, isNumber(x) ? "a number of seconds: from_epoch(...)" : "");
  const zone = assumeZone === undefined ? null : zoneOf(assumeZone);
  return pattern === undefined ? readIso(checkScalar(x), zone) : readByPattern(x, textOf(pattern), zone);
}

function partsOf(wall) {
  const days = floorDiv(wall, DAY);
  const rest = Number(wall - days * DAY);
  const date = dateOf(Number(days));
  const seconds = Math.floor(rest / 1000000);
  return {
    ...date,
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    micros: rest % 1000000,
    weekday: ((Number(days) + 3) % 7 + 7) % 7,
    yearDay: Number(days) - dayNumber(date.year, 1, 1) + 1,
  };
}

function digits(number, width) {
  return String(number).padStart(width, "0");
}

function dayText(p) {
  return `${digits(p.year, 4)}-${digits(p.month, 2)}-${digits(p.day, 2)}`;
}

function isoClock(wall) {
  const p = partsOf(wall);
  return `${dayText(p)}T${digits(p.hour, 2)}:${digits(p.minute, 2)}:${digits(p.second, 2)}`;
}

// A text of a day alone needs no zone where only the day is asked.
const DAY_ALONE = /^[0-9]{4}(?:-[0-9]{2}-[0-9]{2}|[0-9]{4}|-W[0-9]{2}-[1-7]|W[0-9]{2}[1-7]|-?[0-9]{3})$/;

function dayArgument(x) {
  return typeof x === "string" && DAY_ALONE.test(x) ? readIso(x, UTC) : dateArgument(x);
}

function f_iso_date(x) {
  return dayText(partsOf(clockOf(dayArgument(x))));
}

function f_iso_datetime(x, fraction = false, keepZone = false) {
  const instant = dateArgument(x);
  const micros = booleanOf(keepZone) ? clockOf(instant) : instant.micros;
  const rest = Number(((micros % 1000000n) + 1000000n) % 1000000n);
  let count = 0;
  if (typeof fraction === "boolean") count = fraction ? (rest % 1000 === 0 ? 3 : 6) : 0;
  else count = integerOf(fraction);
  if (count < 0 || count > 6) fail(`fraction is ${count}`, "give 0 to 6 digits");
  return isoClock(micros) + (count > 0 ? `.${digits(rest, 6).slice(0, count)}` : "") + (keepZone ? shownOffset(instant) : "Z");
}

function shownOffset(instant) {
  const offset = spanAt(instant.zone, instant.micros)[1];
  if (offset % 60 !== 0) fail(`an offset of ${offsetText(offset, ":")}, which RFC 3339 cannot write`, "leave keep_zone out: UTC holds any time");
  return offset === 0 ? "Z" : offsetText(offset, ":");
}

const NANOS = { s: 1000000000n, ms: 1000000n, us: 1000n, ns: 1n };

const UNITS = ["s", "ms", "us", "ns"];

function f_from_epoch(x, unit = "s") {
  const nanos = NANOS[choiceOf(unit, UNITS, "unit")];
  const { digits: whole, exponent } = decimalOf(x);
  const exact = whole * nanos;
  const micros = exponent >= 0 ? floorDiv(exact * 10n ** BigInt(exponent), 1000n) : floorDiv(exact, 1000n * 10n ** BigInt(-exponent));
  if (micros < EARLIEST || micros > LATEST) {
    fail(`${describe(x)}, outside the years 1 to 9999`, "give its unit: unit='ms', 'us' or 'ns'");
  }
  return new Instant(micros, UTC);
}

function f_to_epoch(x, unit = "s") {
  const nanos = NANOS[choiceOf(unit, UNITS, "unit")];
  return safeInteger(Number(floorDiv(dateArgument(x).micros * 1000n, nanos)));
}

function f_to_zone(x, zone) {
  const moved = new Instant(dateArgument(x).micros, zoneOf(zone));
  clockOf(moved);
  return moved;
}

function f_add_duration(x, duration) {
  const instant = dateArgument(x);
  const text = textOf(duration);
  const number = "([0-9]{1,9}(?:[.,][0-9]{1,9})?)";
  const form = `^([+-])?P(?=.)(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?(?:T(?=.)(?:${number}H)?(?:${number}M)?(?:${number}S)?)?$`;
  const m = new RegExp(form).exec(text);
  const given = m === null ? [] : m.slice(6).filter((part) => part !== undefined);
  if (m === null || given.slice(0, -1).some((part) => /[.,]/.test(part))) {
    fail(`${describe(text)}, not an ISO 8601 duration`, "such as P1M or PT2H");
  }
  const sign = m[1] === "-" ? -1 : 1;
  const [years, months, weeks, days] = m.slice(2, 6).map((part) => sign * Number(part || 0));
  const moved = addCalendar(instant, years * 12 + months, weeks * 7 + days);
  const later = makeInstant(moved.micros + BigInt(sign) * clockTime(m.slice(6)), instant.zone);
  clockOf(later);
  return later;
}

function addCalendar(instant, months, days) {
  if (months === 0 && days === 0) return instant;
  const wall = clockOf(instant);
  const p = partsOf(wall);
  const index = p.year * 12 + p.month - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  if (year < 1 || year > 9999) fail("a date outside the years 1 to 9999");
  const day = dayNumber(year, month, Math.min(p.day, daysIn(year, month))) + days;
  const time = wall - floorDiv(wall, DAY) * DAY;
  const moved = BigInt(day) * DAY + time;
  if (moved < EARLIEST || moved > LATEST) fail("a date outside the years 1 to 9999");
  return makeInstant(moved - BigInt(offsetAtClock(instant.zone, moved)) * 1000000n, instant.zone);
}

function clockTime(parts) {
  const nanos = [3600000000n, 60000000n, 1000000n].reduce((total, unit, index) => {
    const [whole, fraction = ""] = (parts[index] || "0").split(/[.,]/);
    return total + BigInt(whole + fraction.padEnd(9, "0")) * unit;
  }, 0n);
  return nanos / 1000000000n;
}
