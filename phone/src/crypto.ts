/** What the phone encrypts: its copy under a key behind the PIN, its outbox to the server. */

import { idBytes } from "./uuid";

type Bytes = Uint8Array<ArrayBuffer>;

const ROUNDS = 310_000; // PBKDF2-HMAC-SHA256, about half a second on a cheap phone
const INFO = new TextEncoder().encode("lianfang outbox 1");
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let n = 0; n < bytes.length; n += 0x8000) text += String.fromCharCode(...bytes.subarray(n, n + 0x8000));
  return btoa(text);
}

function fromHex(text: string): Bytes {
  return Uint8Array.from({ length: text.length / 2 }, (_, n) => parseInt(text.slice(2 * n, 2 * n + 2), 16));
}

function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The key that wraps the data key: from the PIN (stretched) and the share that the server gave. */
async function wrapping(pin: string, salt: Bytes, share: string): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const stretched = new Uint8Array(
    await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, typed, 256),
  );
  const both = await crypto.subtle.importKey("raw", joined(stretched, fromHex(share)), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: encoder.encode("lianfang store 1") },
    both,
    { name: "AES-GCM", length: 256 },
    false,
    ["wrapKey", "unwrapKey"],
  );
}

export interface Wrapped {
  salt: Bytes;
  nonce: Bytes;
  key: Bytes;
}

/** Makes a data key; returns it non-extractable, and wrapped under PIN and share to be stored. */
export async function newDataKey(pin: string, share: string): Promise<{ key: CryptoKey; wrapped: Wrapped }> {
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const by = await wrapping(pin, salt, share);
  const key = new Uint8Array(await crypto.subtle.wrapKey("raw", fresh, by, { name: "AES-GCM", iv: nonce }));
  const wrapped = { salt, nonce, key };
  return { key: await unwrapWith(by, wrapped), wrapped };
}

function unwrapWith(by: CryptoKey, wrapped: Wrapped, extractable = false): Promise<CryptoKey> {
  return crypto.subtle.unwrapKey(
    "raw",
    wrapped.key,
    by,
    { name: "AES-GCM", iv: wrapped.nonce },
    "AES-GCM",
    extractable,
    ["encrypt", "decrypt"],
  );
}

/** Returns the data key, non-extractable. Throws when PIN or share do not fit. */
export async function unwrap(pin: string, share: string, wrapped: Wrapped): Promise<CryptoKey> {
  return unwrapWith(await wrapping(pin, wrapped.salt, share), wrapped);
}

/** Returns the data key wrapped under another PIN. Throws when the old one does not fit. */
export async function rewrap(oldPin: string, pin: string, share: string, wrapped: Wrapped): Promise<Wrapped> {
  const open = await unwrapWith(await wrapping(oldPin, wrapped.salt, share), wrapped, true);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const by = await wrapping(pin, salt, share);
  return { salt, nonce, key: new Uint8Array(await crypto.subtle.wrapKey("raw", open, by, { name: "AES-GCM", iv: nonce })) };
}

/** Encrypts a value for the store; `place` ties it to where it lies. */
export async function encrypt(key: CryptoKey, place: string, value: unknown): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = encoder.encode(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encoder.encode(place) }, key, plain);
  return joined(iv, new Uint8Array(sealed));
}

/** Decrypts what `encrypt` gave. Throws when key or place do not fit. */
export async function decrypt<T>(key: CryptoKey, place: string, bytes: Bytes): Promise<T> {
  const plain = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: bytes.subarray(0, 12), additionalData: encoder.encode(place) },
    key,
    bytes.subarray(12),
  );
  return JSON.parse(decoder.decode(plain)) as T;
}

/** Seals an entry to the server's public key; this phone cannot open it again. */
export async function seal(id: string, content: unknown, serverKey: string): Promise<string> {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const server = await crypto.subtle.importKey("raw", fromBase64(serverKey), curve, false, []);
  const mine = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", mine.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, mine.privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: point, info: INFO },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = encoder.encode(JSON.stringify(content));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: idBytes(id) }, key, plain);
  return toBase64(joined(point, iv, new Uint8Array(sealed)));
}
