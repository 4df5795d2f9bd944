// Functions: numbers, exact on the shortest decimal of a float.

function decimalOf(x) {
  const value = plain(numberOf(x));
  const [mantissa, power] = value.toExponential().split("e");
  const [whole, fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

function f_number(x, decimal = ".") {
  if (typeof x !== "string") return numberOf(x);
  const mark = points(textOf(decimal));
  if (mark.length !== 1 || /[\p{L}\p{N}+-]/u.test(mark[0])) fail(`decimal is ${describe(decimal)}`, "give one mark, such as ','");
  const text = checkScalar(x).split(decimal).join(".");
  const match = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.exec(text);
  if (match === null || (decimal !== "." && x.includes(".")) || x.length > 400) {
    fail(`${describe(x)}, not a number`, "trim it, replace what groups thousands, give decimal=',' for a decimal comma");
  }
  const value = Number(text);
  if (match[1] === undefined && match[2] === undefined) return safeInteger(value);
  return Number.isFinite(value) ? real(value) : fail("a number beyond the largest one", "keep such a number as text");
}

function f_integer(x) {
  return integerOf(f_number(x));
}

function f_boolean(x, yes = ["true"], no = ["false"]) {
  const key = equalityKey(x);
  if (arrayOf(yes).some((item) => equalityKey(item) === key)) return true;
  if (arrayOf(no).some((item) => equalityKey(item) === key)) return false;
  return typeof x === "boolean" ? x : fail(`${describe(x)}, not a boolean`, "list it in true=[...] or false=[...]");
}

function exponentOf(x) {
  const exponent = integerOf(x);
  return Math.abs(exponent) > 400 ? fail(`${exponent} places`, "at most 400 make sense") : exponent;
}

function roundDigits(digits, drop, mode) {
  const unit = 10n ** BigInt(drop);
  const floor = digits / unit - (digits % unit < 0n ? 1n : 0n);
  const rest = digits - floor * unit;
  if (rest === 0n || mode === "floor") return floor;
  if (mode === "ceil") return floor + 1n;
  const twice = rest * 2n;
  if (twice !== unit) return twice > unit ? floor + 1n : floor;
  const isUp = mode === "half_up" ? digits > 0n : floor % 2n !== 0n;
  return isUp ? floor + 1n : floor;
}

function f_round(x, places = 0, mode = "half_even") {
  const { digits, exponent } = decimalOf(x);
  const count = exponentOf(places);
  choiceOf(mode, ["half_even", "half_up", "floor", "ceil"], "mode");
  const drop = -count - exponent;
  const rounded = drop > 0 ? roundDigits(digits, drop, mode) : digits;
  const power = drop > 0 ? -count : exponent;
  const value = Number(`${rounded}e${power}`);
  return !isFloat(x) || count <= 0 ? safeInteger(value + 0) : real(value + 0);
}

function f_scale(x, n) {
  const { digits, exponent } = decimalOf(x);
  const power = exponent + exponentOf(n);
  const value = Number(`${digits}e${power}`);
  const isIntegral = digits === 0n || power >= 0 || digits % 10n ** BigInt(-power) === 0n;
  if (isIntegral) return safeInteger(value + 0);
  if (!Number.isFinite(value)) fail("a number beyond the largest one", "keep such a number as text");
  const back = decimalOf(value);
  const low = Math.min(back.exponent, power);
  if (back.digits * 10n ** BigInt(back.exponent - low) !== digits * 10n ** BigInt(power - low)) {
    fail(`${describe(x)} scaled by ${describe(n)}, which no number holds exactly`, "divide it");
  }
  return real(value);
}

function f_abs(x) {
  const value = numberOf(x);
  return value instanceof Real ? new Real(Math.abs(value.value)) : Math.abs(value);
}
