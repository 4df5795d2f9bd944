// Values: what the adapter language has beside JSON, and how it names, compares and copies values.

const MISSING = Symbol("missing");

const MAX_DEPTH = 512;

const LARGEST_TEXT = 10 * 1024 * 1024;

class Internal {}

// A float that happens to be integral: JavaScript itself cannot tell 1.0 from 1.
class Real extends Internal {
  constructor(value) {
    super();
    this.value = value;
  }
}

// Values by scalar key, for at, lookup and switch; never emitted.
class Table extends Internal {
  constructor(pairs, isLazy) {
    super();
    this.isLazy = isLazy === true;
    this.values = new Map();
    for (const [key, value] of pairs) this.values.set(scalarKey(key), [key, value]);
  }
  has(key) {
    return this.values.has(scalarKey(key));
  }
  find(key) {
    const entry = this.values.get(scalarKey(key));
    if (entry === undefined) return MISSING;
    return this.isLazy ? entry[1]() : entry[1];
  }
}

// A point in time: microseconds since 1970 as a BigInt, and the zone whose clock prints it.
class Instant extends Internal {
  constructor(micros, zone) {
    super();
    this.micros = micros;
    this.zone = zone;
  }
}

class Failure extends Error {
  constructor(found, help) {
    super(found);
    this.found = found;
    this.help = help || "";
  }
}

function fail(found, help) {
  throw new Failure(found, help);
}

function has(object, key) {
  return Object.prototype.hasOwnProperty.call(object, key);
}

function put(object, key, value) {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

function isObject(x) {
  return typeof x === "object" && x !== null && !Array.isArray(x) && !(x instanceof Internal);
}

function isNumber(x) {
  return typeof x === "number" || x instanceof Real;
}

function isFloat(x) {
  return x instanceof Real || !Number.isInteger(x);
}

function plain(x) {
  return x instanceof Real ? x.value : x;
}

function real(x) {
  return Number.isInteger(x) ? new Real(x) : x;
}

function safeInteger(x) {
  if (Number.isSafeInteger(x)) return x;
  return fail("an integer beyond 2^53 - 1, which JavaScript numbers do not hold", "keep such a number as text");
}

// Integers beyond 2^53 - 1 may have been rounded when the payload was parsed: nobody can tell.
function checkScalar(x) {
  if (typeof x === "number") {
    if (!Number.isFinite(x)) fail(`${x}, which is no JSON number`);
    if (Number.isInteger(x)) safeInteger(x);
  } else if (typeof x === "string") {
    if (/[\ud800-\udfff]/u.test(x)) fail("a text with half of a surrogate pair");
  } else if (x === undefined || typeof x === "bigint" || typeof x === "function") {
    fail(`a ${typeof x}, which is no JSON value`);
  }
  return x;
}

function describe(x) {
  if (x === null) return "null";
  if (x === MISSING) return "nothing (missing)";
  if (typeof x === "boolean") return `the boolean ${x}`;
  if (isNumber(x)) return `the number ${numberText(x)}`;
  if (typeof x === "string") {
    const shown = points(x);
    return "the text " + visible(JSON.stringify(shown.length > 60 ? shown.slice(0, 60).join("") + "…" : x));
  }
  if (Array.isArray(x)) return `an array of ${x.length}`;
  if (x instanceof Instant) return "a date";
  if (x instanceof Table) return "a table";
  return `an object of ${Object.keys(x).length}`;
}

// Control, bidi and invisible characters would act on a terminal or hide: they are written out.
function visible(text) {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (c) => `[U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

function points(text) {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text.split("");
}

// As JSON prints it elsewhere: 1.0 for a float, an exponent below 1e-4 and from 1e16.
function numberText(x) {
  const value = plain(x);
  if (!isFloat(x)) return String(value);
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa, power] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) {
    const sign = value < 0 ? "-" : "";
    const digits = mantissa.replace(/[-.]/g, "");
    if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
    const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
    return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
  }
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function scalarKey(x) {
  if (x === null) return "null";
  if (typeof x === "boolean") return `b${x}`;
  if (isNumber(x)) return `n${plain(checkScalar(x)) + 0}`;
  if (typeof x === "string") return `s${x}`;
  return fail("a key that is no scalar", "use a text, a number, a boolean or None as the key");
}

function equalityKey(x) {
  if (x instanceof Table) fail("a table", "compare the values that it holds, with at(...)");
  if (x instanceof Instant) return `d${x.micros}`;
  if (Array.isArray(x)) return `[${x.length}:` + x.map((item) => sized(equalityKey(item))).join("");
  if (isObject(x)) {
    const keys = Object.keys(x).sort();
    return `{${keys.length}:` + keys.map((key) => sized(key) + sized(equalityKey(x[key]))).join("");
  }
  return scalarKey(x);
}

function sized(text) {
  return `${text.length}:${text}`;
}

function equal(left, right) {
  if (left === MISSING || right === MISSING) return false;
  if (typeof left === "string" || typeof right === "string") return left === right;
  return equalityKey(left) === equalityKey(right);
}

// Objects in JavaScript put keys such as "7" first; the order in which one was made is kept here.
const orders = new WeakMap();

function isIndexLike(key) {
  return /^(?:0|[1-9][0-9]{0,9})$/.test(key);
}

function ordered(pairs) {
  const made = {};
  for (const [key, value] of pairs) put(made, key, value);
  if (pairs.some(([key]) => isIndexLike(key))) orders.set(made, [...new Set(pairs.map(([key]) => key))]);
  return made;
}

// The order of a payload's object with such a key is lost as soon as it is parsed.
function isOrderKnown(object) {
  const keys = Object.keys(object);
  return keys.length < 2 || orders.has(object) || !keys.some(isIndexLike);
}

function pairsOf(object) {
  return (orders.get(object) || Object.keys(object)).map((key) => [key, object[key]]);
}

function derived(sources, pairs) {
  const made = ordered(pairs);
  if (!sources.every(isOrderKnown)) orders.delete(made);
  return made;
}

function makeObject(pairs) {
  if (pairs === MISSING || pairs === null) return pairs;
  const there = pairs.filter(([key, value]) => key !== MISSING && value !== MISSING);
  return there.every(([key]) => typeof key === "string") ? ordered(there) : new Table(there);
}

function makeArray(items) {
  return items === MISSING || items === null ? items : items.filter((item) => item !== MISSING);
}

function lazy(make) {
  let isKnown = false;
  let value;
  return () => {
    if (!isKnown) {
      value = make();
      isKnown = true;
    }
    return value;
  };
}

// Missing in, missing out; null in, null out. Arguments left out and unevaluated ones do not count.
function call(operation, make, args) {
  if (args.includes(MISSING)) return MISSING;
  if (args.includes(null)) return null;
  return named(operation, make, args);
}

function named(operation, make, args) {
  try {
    return make(...args);
  } catch (failure) {
    throw blamed(operation, failure);
  }
}

function blamed(operation, failure) {
  if (failure instanceof RangeError) return blamed(operation, new Failure("nesting too deep to follow"));
  if (failure instanceof Failure && failure.operation === undefined) failure.operation = operation;
  return failure;
}
