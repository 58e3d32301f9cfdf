import { expect, test } from "vitest";
import { Sockets } from "../../../src/lattice/sockets.ts";

class FakeSocket {
  bufferedAmount = 10;
  closed = 0;
  readonly sent: string[] = [];
  send(data: ArrayBuffer): void {
    this.sent.push(new TextDecoder().decode(data));
  }
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

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

test("what a client says of itself leaves with the ping after it, and all else as it comes", async () => {
  const { all, sockets } = made();
  const [socket] = [sockets.make("ws://a")] as unknown as FakeSocket[];
  for (const text of ["CONNECT {}\r\n", "PING\r\n", "PONG\r\n", "CONNECT {}\r\n"]) socket?.send(bytes(text));
  expect(all[0]?.sent).toEqual(["CONNECT {}\r\nPING\r\n", "PONG\r\n", "CONNECT {}\r\n"]);
});

test("what a client says of itself leaves also if nothing comes after it", async () => {
  const { all, sockets } = made();
  const [socket] = [sockets.make("ws://a")] as unknown as FakeSocket[];
  socket?.send(bytes("CONNECT {}\r\n"));
  await Promise.resolve();
  expect(all[0]?.sent).toEqual(["CONNECT {}\r\n"]);
});
