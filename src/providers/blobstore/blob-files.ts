/**
 * The port to files that hold the bytes of objects, one for each object or upload. Their names are made here, of letters,
 * digits and `-`: no text of an actor's is a part of a path. Records in the store tell what is in a file, so a file that
 * no record tells of is of no use to anybody.
 *
 * Every method rejects with HostError `storage.quota` where there is no room, and `storage.failed` for what else goes
 * wrong.
 */
export interface BlobFiles {
  /**
   * Puts bytes at a place of a file, which may be new. They outlive the host when it resolves. If it rejects, all other
   * bytes are as they were, and the file is no longer than it was.
   */
  write(file: string, at: number, bytes: Uint8Array): Promise<void>;
  /** The bytes of a range; fewer at the end, none if there is no such file. */
  read(file: string, at: number, length: number): Promise<Uint8Array>;
  /** One that is not there is fine. */
  remove(file: string): Promise<void>;
  /** The names of all files. */
  list(): Promise<string[]>;
}
