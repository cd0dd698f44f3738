import { generate } from "selfsigned";

/** A key and a certificate that is its own authority, for 127.0.0.1 and localhost. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate; elliptic curves make it in milliseconds, where RSA takes up to a second. */
export async function makeCertificate(now: number): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: "sandbox" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    // Yesterday, so that a clock that is a little behind accepts it.
    notBeforeDate: new Date(now - 24 * 3600 * 1000),
    notAfterDate: new Date(now + 365 * 24 * 3600 * 1000),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
