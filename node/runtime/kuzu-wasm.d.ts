declare module "kuzu-wasm/sync" {
  const kuzu: unknown;
  export default kuzu;
}
