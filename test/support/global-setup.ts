/** Prepares what all suites share. */
export default function setup(): void {}
