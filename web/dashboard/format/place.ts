/** Where an actor came from; an address on the server of this page goes without its origin. */
export function placeText(reference: string): string {
  return reference.startsWith(`${location.origin}/`) ? reference.slice(location.origin.length) : reference;
}
