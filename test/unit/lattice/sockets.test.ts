import { expect, test } from "vitest";
import { Sockets } from "../../../src/lattice/sockets.ts";

class FakeSocket {
  bufferedAmount = 10;
  closed = 0;
  onClose: (event: unknown) => void = () => {};
  addEventListener(_type: "close", listener: (event: unknown) => void): void {
    this.onClose = listener;
  }
  close(): void {
    this.closed++;
  }
}

function made() {
  const all: FakeSocket[] = [];
  const sockets = new Sockets(() => {
    const socket = new FakeSocket();
    all.push(socket);
    return socket;
  });
  return { all, sockets };
}

test("what is still open is closed, and what has closed itself is left alone", () => {
  const { all, sockets } = made();
  sockets.make("ws://a");
  sockets.make("ws://b");
  all[0]?.onClose({});
  expect(sockets.bufferedBytes).toBe(10);
  sockets.close();
  expect(all.map((socket) => socket.closed)).toEqual([0, 1]);
});

test("a socket made after closing is closed at once", () => {
  const { all, sockets } = made();
  sockets.close();
  sockets.make("ws://a");
  expect(all[0]?.closed).toBe(1);
});
