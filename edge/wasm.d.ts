/** Signed actors, as the Vite plugin of this adapter imports them. */
declare module "*.wasm" {
  const actor: import("./actors/bundled-actor.ts").BundledActor;
  export default actor;
}
