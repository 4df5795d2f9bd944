// Operators and reads.

function readField(of, key) {
  if (of === MISSING || of === null) return MISSING;
  if (!isObject(of)) return failed(`read of '${key}'`, `${describe(of)}, not an object`);
  return has(of, key) ? named(`read of '${key}'`, checkScalar, [of[key]]) : MISSING;
}

function readItem(of, position) {
  if (of === MISSING || of === null) return MISSING;
  if (!Array.isArray(of)) return failed(`read of [${position}]`, `${describe(of)}, not an array`);
  const index = position < 0 ? position + of.length : position;
  return index >= 0 && index < of.length ? named(`read of [${position}]`, checkScalar, [of[index]]) : MISSING;
}

function readSlice(of, start, end) {
  if (of === MISSING || of === null) return of;
  if (Array.isArray(of)) return of.slice(start, end);
  if (typeof of === "string") return points(of).slice(start, end).join("");
  return failed("slice", `${describe(of)}, neither array nor text`);
}

function failed(operation, found, help) {
  throw blamed(operation, new Failure(found, help));
}

function numberOf(x) {
  if (!isNumber(x)) fail(`${describe(x)}, not a number`, toNumber(x));
  return checkScalar(x);
}

function calculate(left, operator, right) {
  if (left === MISSING || right === MISSING) return MISSING;
  if (left === null || right === null) return null;
  return named(operator, compute, [left, operator, right]);
}

function compute(left, operator, right) {
  const a = plain(numberOf(left));
  const b = plain(numberOf(right));
  const isInteger = !isFloat(left) && !isFloat(right) && operator !== "/";
  if (b === 0 && "/%".includes(operator[0])) fail("a division by zero", "guard it: a / b if b != 0 else …");
  const result = arithmetic(a, operator, b);
  if (isInteger) return safeInteger(result);
  if (!Number.isFinite(result)) fail("a result too large for a float");
  return real(result);
}

function arithmetic(a, operator, b) {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return remainder(a, b);
    default:
      return floorQuotient(a, b);
  }
}

function remainder(a, b) {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function floorQuotient(a, b) {
  const rest = a % b;
  const quotient = (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0 ? 1 : 0);
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function negate(x) {
  if (x === MISSING || x === null) return x;
  const value = named("-", numberOf, [x]);
  return value instanceof Real ? new Real(-value.value) : -value;
}

function isIn(left, right) {
  if (left === MISSING || left === null || right === MISSING || right === null) return false;
  if (Array.isArray(right)) return right.some((item) => equal(left, item));
  if (right instanceof Table) return right.has(left);
  if (isObject(right)) return typeof left === "string" && has(right, left);
  if (typeof right === "string" && typeof left === "string") return right.includes(left);
  return fail(`${describe(left)} in ${describe(right)}`);
}

function kindOf(x) {
  if (isNumber(x)) return "number";
  if (typeof x === "string") return "text";
  return x instanceof Instant ? "date" : "";
}

function comparePoints(a, b) {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) {
      const x = a.charCodeAt(i);
      const y = b.charCodeAt(i);
      const isHighX = x >= 0xd800 && x < 0xe000;
      return isHighX === (y >= 0xd800 && y < 0xe000) ? x - y : isHighX ? 1 : -1;
    }
  }
  return a.length - b.length;
}

function compareKind(a, b) {
  if (typeof a === "string") return comparePoints(a, b);
  const x = a instanceof Instant ? a.micros : plain(checkScalar(a));
  const y = b instanceof Instant ? b.micros : plain(checkScalar(b));
  return x < y ? -1 : x > y ? 1 : 0;
}

function compare(left, operator, right) {
  if (left === MISSING || left === null || right === MISSING || right === null) return false;
  if (kindOf(left) !== kindOf(right) || kindOf(left) === "") {
    failed(operator, `${describe(left)} ${operator} ${describe(right)}`, "compare numbers, texts or dates with their like");
  }
  const order = named(operator, compareKind, [left, right]);
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

function truth(x, operation) {
  if (x === MISSING || x === null) return false;
  if (typeof x === "boolean") return x;
  return failed(operation, `${describe(x)} as a condition`, "compare it, as in x != '' or count(x) > 0");
}

function flat(over, make) {
  if (over === MISSING || over === null) return [];
  if (!Array.isArray(over)) failed("for", `${describe(over)}, not an array`, "ask first: is_array(x)");
  const made = [];
  over.forEach((item, index) => {
    named("for", checkScalar, [item]);
    for (const result of make(item, index)) made.push(result);
  });
  return made;
}

function loop(over, make) {
  return over === MISSING || over === null ? over : flat(over, make);
}

function unpack(item, index, count) {
  if (Array.isArray(item) && item.length === count) return item;
  return failed("for", `item ${index} is ${describe(item)}, not an array of ${count}`);
}
