import type { HostEvent } from "../events/index.ts";
import type { HostDescription } from "../host/index.ts";

/** What stands for each value of a link. */
export const MASK = "•••";

/** An event without the values of links, which may be secrets; their names stay. */
export function maskedEvent(event: HostEvent): HostEvent {
  switch (event.type) {
    case "link_set":
    case "link_removed":
    case "link_bound":
      return { ...event, link: masked(event.link) };
    default:
      return event;
  }
}

/** A description without the values of links. */
export function maskedDescription(description: HostDescription): HostDescription {
  return { ...description, links: description.links.map(masked) };
}

function masked<Link extends { readonly values: Readonly<Record<string, string>> }>(link: Link): Link {
  return { ...link, values: Object.fromEntries(Object.keys(link.values).map((name) => [name, MASK])) };
}
