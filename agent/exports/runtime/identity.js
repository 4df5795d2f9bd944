// Functions: digests and encodings, on UTF-8.

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const NAMESPACES = { dns: "6ba7b810", url: "6ba7b811", oid: "6ba7b812", x500: "6ba7b814" };

function utf8Of(x) {
  return [...new TextEncoder().encode(textOf(x))];
}

function hexOf(bytes) {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function f_base64(text) {
  const bytes = utf8Of(text);
  refuseLongText((bytes.length * 4) / 3);
  const pieces = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] || 0) << 8) | (bytes[i + 2] || 0);
    const four = [18, 12, 6, 0].map((shift) => BASE64[(word >> shift) & 63]);
    pieces.push(...four.map((char, place) => (place > bytes.length - i ? "=" : char)));
  }
  return pieces.join("");
}

function f_unbase64(text) {
  const found = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(textOf(text));
  const needed = found === null ? 0 : [0, 9, 2, 1][found[1].length % 4];
  if (found === null || found[2].length < needed) {
    return fail(`${describe(text)}, not base64 of a text`, "it wants A-Z a-z 0-9 + / and padding with =");
  }
  const bytes = [];
  let word = 0;
  [...found[1]].forEach((char, index) => {
    word = ((word << 6) | BASE64.indexOf(char)) & 0xffffff;
    if (index % 4 > 0) bytes.push((word >> (6 - 2 * (index % 4))) & 255);
  });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch {
    return fail(`${describe(text)}, not base64 of a text`, "it wants A-Z a-z 0-9 + / and padding with =");
  }
}

// FIPS 180-4, section 5.1.1: the message, a one bit, zeros, its length in bits.
function paddedWords(bytes) {
  const padded = [...bytes, 0x80];
  while (padded.length % 64 !== 56) padded.push(0);
  const bits = BigInt(bytes.length) * 8n;
  for (let shift = 56n; shift >= 0n; shift -= 8n) padded.push(Number((bits >> shift) & 255n));
  const words = [];
  for (let i = 0; i < padded.length; i += 4) {
    words.push((padded[i] << 24) | (padded[i + 1] << 16) | (padded[i + 2] << 8) | padded[i + 3]);
  }
  return words;
}

function bytesOf(words) {
  return words.flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255));
}

function rotated(word, right) {
  return (word >>> right) | (word << (32 - right));
}

function rootBits(n, root) {
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(root) <= BigInt(n) << BigInt(32 * root)) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn) | 0;
}

function primes(count) {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

const SHA256_START = primes(8).map((prime) => rootBits(prime, 2));

const SHA256_ROUNDS = primes(64).map((prime) => rootBits(prime, 3));

function f_sha256(text) {
  const words = paddedWords(utf8Of(text));
  let state = SHA256_START;
  for (let block = 0; block < words.length; block += 16) state = sha256Block(state, words.slice(block, block + 16));
  return hexOf(bytesOf(state));
}

function sha256Block(state, w) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    if (i >= 16) {
      const s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ (w[i - 15] >>> 3);
      const s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    const mixed = (h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + SHA256_ROUNDS[i] + w[i]) | 0;
    const major = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + mixed) | 0, c, b, a, (mixed + major) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + state[i]) | 0);
}

function sha1(bytes) {
  const words = paddedWords(bytes);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < words.length; block += 16) state = sha1Block(state, words.slice(block, block + 16));
  return bytesOf(state);
}

function sha1Block(state, w) {
  let [a, b, c, d, e] = state;
  for (let i = 0; i < 80; i++) {
    if (i >= 16) w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 31);
    const [mix, constant] =
      i < 20 ? [(b & c) | (~b & d), 0x5a827999]
      : i < 40 ? [b ^ c ^ d, 0x6ed9eba1]
      : i < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
      : [b ^ c ^ d, 0xca62c1d6];
    [e, d, c, b, a] = [d, c, rotated(b, 2), a, (rotated(a, 27) + mix + e + constant + w[i]) | 0];
  }
  return [a, b, c, d, e].map((word, i) => (word + state[i]) | 0);
}

function f_uuid5(namespace, name) {
  let id = textOf(namespace);
  textOf(name);
  if (has(NAMESPACES, id)) id = `${NAMESPACES[id]}-9dad-11d1-80b4-00c04fd430c8`;
  if (!/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(id)) {
    fail(`the namespace is ${describe(namespace)}`, "give a UUID or one of dns, url, oid, x500");
  }
  const space = id.replace(/-/g, "").match(/../g).map((pair) => parseInt(pair, 16));
  const bytes = sha1([...space, ...utf8Of(name)]).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
