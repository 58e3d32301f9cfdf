import { createAccount, createOperator, createUser, type KeyPair } from "nkeys.js";

/** A server that lets in only who has a user JWT, and such a user. */
export interface JwtAuthority {
  /** For the server's configuration. */
  readonly config: string;
  readonly userJwt: string;
  readonly userSeed: string;
  /** The same two as the text of a `.creds` file. */
  readonly credsFile: string;
}

const NO_LIMITS = { subs: -1, data: -1, payload: -1 };

/** Makes an operator, an account and a user, as `nsc` would. */
export function makeJwtAuthority(): JwtAuthority {
  const [operator, account, user] = [createOperator(), createAccount(), createUser()];
  const accountLimits = { ...NO_LIMITS, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const operatorJwt = sign(operator, operator, { type: "operator" });
  const accountJwt = sign(operator, account, { type: "account", limits: accountLimits });
  const userJwt = sign(account, user, { type: "user", ...NO_LIMITS });
  const userSeed = Buffer.from(user.getSeed()).toString();
  return {
    config: [
      `operator: ${operatorJwt}`,
      "resolver: MEMORY",
      `resolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
    ].join("\n"),
    userJwt,
    userSeed,
    credsFile: [
      "-----BEGIN NATS USER JWT-----",
      userJwt,
      "------END NATS USER JWT------",
      "",
      "-----BEGIN USER NKEY SEED-----",
      userSeed,
      "------END USER NKEY SEED------",
      "",
    ].join("\n"),
  };
}

function sign(issuer: KeyPair, subject: KeyPair, nats: object): string {
  const iss = issuer.getPublicKey();
  const sub = subject.getPublicKey();
  const claims = { jti: sub, iat: 1_620_000_000, iss, name: "test", sub, nats: { ...nats, version: 2 } };
  const signed = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode(claims)}`;
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
