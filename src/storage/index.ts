export { BatchStore, BEHIND_ALL } from "./batch-store.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
export { checkKey, checkPrefix, MAX_KEY_LENGTH, type Store, type StoreChange } from "./store.ts";
export { TransformCache, type TransformCacheOptions } from "./transform-cache.ts";
