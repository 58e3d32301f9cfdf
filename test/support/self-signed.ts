import { createSign, type KeyObject } from "node:crypto";

const sha256WithRsa = hex("300d06092a864886f70d01010b0500");
const commonName = hex("0603550403");

/** A certificate that a key signs for itself, in PEM: the least that X.509 allows. Valid from 2020 to 2049. */
export function selfSigned(name: string, keys: { publicKey: KeyObject; privateKey: KeyObject }): string {
  const names = der(0x30, der(0x31, der(0x30, commonName, der(0x0c, Buffer.from(name)))));
  const validity = der(
    0x30,
    der(0x17, Buffer.from("200101000000Z")),
    der(0x17, Buffer.from("491231235959Z")),
  );
  const publicKey = keys.publicKey.export({ type: "spki", format: "der" });
  const serial = der(0x02, Buffer.from([1]));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const body = der(0x30, version, serial, sha256WithRsa, names, validity, names, publicKey);
  const signature = createSign("SHA256").update(body).sign(keys.privateKey);
  const whole = der(0x30, body, sha256WithRsa, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** One element of DER: a tag, the length, the content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
