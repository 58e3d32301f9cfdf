import { HostError } from "../errors/index.ts";

/** Tokens between dots; no white space, which would let a subject end the protocol line it is sent in. */
const SUBJECT = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/;
const PATTERN = /^(?:[^\s.*>]+|\*)(?:\.(?:[^\s.*>]+|\*))*(?:\.>)?$/;

/** @throws HostError `input.invalid` unless messages can be sent to the subject. */
export function checkPublishSubject(subject: string): void {
  if (!SUBJECT.test(subject)) throw invalid(subject);
}

/** @throws HostError `input.invalid` unless the subject, with or without wildcards, can be subscribed. */
export function checkSubscribeSubject(subject: string): void {
  if (subject !== ">" && !PATTERN.test(subject)) throw invalid(subject);
}

/** @throws HostError `input.invalid` unless the name can be that of a queue group. */
export function checkQueueGroup(queue: string): void {
  if (!SUBJECT.test(queue)) throw invalid(queue);
}

function invalid(subject: string): HostError {
  return new HostError("input.invalid", `"${subject.slice(0, 256)}" is not a valid subject.`);
}
