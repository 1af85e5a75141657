/**
 * SHA-256 of a file, by FIPS 180-4. The browser's own is withheld from pages that come without TLS,
 * as in many an office; a document must have the same digest wherever it is entered.
 */
const K = Uint32Array.from(firstPrimes(64), (prime) => fraction(Math.cbrt(prime)));
const START = Uint32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)));
const BLOCK = 64;
const PIECE = 4 << 20;

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let one = 2; found.length < count; one += 1) {
    if (found.every((prime) => one % prime !== 0)) found.push(one);
  }
  return found;
}

/** The first 32 bits behind the point. */
function fraction(value: number): number {
  return ((value - Math.floor(value)) * 2 ** 32) >>> 0;
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function mix(state: Uint32Array, block: DataView, words: Uint32Array): void {
  const w = (at: number): number => words[at] ?? 0;
  for (let t = 0; t < 16; t += 1) words[t] = block.getUint32(t * 4);
  for (let t = 16; t < 64; t += 1) {
    const [x, y] = [w(t - 15), w(t - 2)];
    const small0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
    const small1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
    words[t] = w(t - 16) + small0 + w(t - 7) + small1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    const big1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + (K[t] ?? 0) + w(t)) | 0;
    const big0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, at) => {
    state[at] = (state[at] ?? 0) + value;
  });
}

/** The end of the last block: a one, zeros, and the length in bits. */
function padding(length: number): Uint8Array {
  const zeros = (BLOCK - ((length + 9) % BLOCK)) % BLOCK;
  const end = new Uint8Array(9 + zeros);
  end[0] = 0x80;
  const view = new DataView(end.buffer);
  view.setUint32(end.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(end.length - 4, (length * 8) >>> 0);
  return end;
}

/** The digest in hexadecimal; the file is read piece by piece and goes nowhere. */
export async function sha256(file: Blob): Promise<string> {
  const [state, words] = [START.slice(), new Uint32Array(64)];
  const padded = new Blob([file, padding(file.size) as unknown as ArrayBuffer]);
  for (let at = 0; at < padded.size; at += PIECE) {
    const piece = await padded.slice(at, at + PIECE).arrayBuffer();
    for (let block = 0; block < piece.byteLength; block += BLOCK) {
      mix(state, new DataView(piece, block, BLOCK), words);
    }
  }
  return [...state].map((word) => word.toString(16).padStart(8, "0")).join("");
}
