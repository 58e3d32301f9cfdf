import { joined } from "../bytes/index.ts";
import { asHostError, fromErrorRecord, type HostError, messageOf } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../wapc/index.ts";
import type { ActorPlacement, PlacedCall, PlacementOptions } from "./actor-runtime.ts";
import { AnswerBox } from "./answer-box.ts";
import { CallLedger, LEDGER_CALLS } from "./call-ledger.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { SharedAnswerWriter } from "./shared-answer.ts";
import { transferable } from "./transferable.ts";

/** A full placement takes more when this part of its calls is left: then several go in one message. */
const REFILL_AT = 0.5;
const NOTHING = new Uint8Array(0);

/** What a placement works with. */
export interface WorkerPlacementOptions {
  /** The guest's number in its worker. */
  readonly guest: number;
  readonly post: (message: ToWorker, transfer?: Transferable[]) => void;
  readonly options: PlacementOptions;
  /** Given where the guest waits on shared memory. */
  readonly shared?: SharedAnswerWriter;
  /** Memory for the ledger and the answers. Without it nobody could tell which calls were begun: none is sent ahead. */
  readonly calls?: SharedArrayBuffer;
  /** Called once, when the placement ends. */
  readonly onEnd: (reason: HostError) => void;
}

/** A call that the worker was sent. */
interface SentCall {
  readonly number: number;
  /** Its payload was given away, so that it cannot be sent again. */
  isHandedOver: boolean;
  /** Undefined once it was withdrawn: the worker will skip it. */
  call: PlacedCall | undefined;
}

/** A guest's instance in a worker, as the host sees it. */
export class WorkerPlacement implements ActorPlacement {
  readonly #guest: number;
  readonly #post: WorkerPlacementOptions["post"];
  readonly #options: PlacementOptions;
  readonly #shared: SharedAnswerWriter | undefined;
  readonly #ledger: CallLedger | undefined;
  readonly #box: AnswerBox | undefined;
  readonly #onEnd: (reason: HostError) => void;
  /** Calls it takes at one time. */
  readonly #depth: number;
  /** In the order in which the worker serves them. */
  readonly #sent: SentCall[] = [];
  /** The last of them, which are not posted yet. */
  #unposted: SentCall[] = [];
  #isFull = false;
  #ended: HostError | undefined;
  #number = 0;
  #replaced = 0;

  constructor({ guest, post, options, shared, calls, onEnd }: WorkerPlacementOptions) {
    this.#guest = guest;
    this.#post = post;
    this.#options = options;
    this.#shared = shared;
    this.#ledger = calls === undefined ? undefined : new CallLedger(calls);
    this.#box = calls === undefined ? undefined : new AnswerBox(calls);
    this.#depth = calls === undefined ? 1 : LEDGER_CALLS;
    this.#onEnd = onEnd;
  }

  get ended(): HostError | undefined {
    return this.#ended;
  }

  get replaced(): number {
    return this.#replaced;
  }

  get hasRoom(): boolean {
    return this.#ended === undefined && !this.#isFull;
  }

  send(call: PlacedCall): void {
    if (this.#ended !== undefined) {
      call.failed(this.#ended);
      return;
    }
    this.#number = CallLedger.next(this.#number);
    const sent: SentCall = { number: this.#number, isHandedOver: false, call };
    this.#ledger?.send(sent.number);
    this.#isFull = this.#sent.push(sent) >= this.#depth;
    if (this.#unposted.push(sent) === 1) queueMicrotask(() => this.#postCalls());
  }

  withdraw(call: PlacedCall): boolean {
    const sent = this.#sent.find((each) => each.call === call);
    if (sent === undefined || !this.#takeBack(sent)) return false;
    sent.call = undefined;
    this.#forgetSkipped();
    return true;
  }

  end(reason: HostError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    const notBegun = this.#sent.filter((sent) => sent.call !== undefined && this.#takeBack(sent));
    this.#onEnd(reason);
    const begun = this.#sent.splice(0).filter((sent) => !notBegun.includes(sent));
    for (const { call } of notBegun.reverse()) call?.notBegun();
    for (const { number, call } of begun) {
      const answer = this.#box?.take(number);
      if (answer === undefined) call?.failed(reason);
      else call?.answered(answer);
    }
  }

  /** Calls that are sent in one turn travel together: a message costs more than what is in it. */
  #postCalls(): void {
    const [first] = this.#sent;
    const posted = this.#unposted.filter(({ call }) => call !== undefined);
    this.#unposted = [];
    if (this.#ended !== undefined || posted.length === 0) return;
    const payloads = posted.map(({ call }) => call?.payload ?? NOTHING);
    const [only = NOTHING] = payloads;
    // Only one that has the instance to itself will not have to be sent again.
    const isHandedOver = posted[0] === first && posted.length === 1 && transferable(only).length > 0;
    const bytes = isHandedOver ? only : joined(payloads);
    const calls = posted.map(({ number, call }) => ({
      call: number,
      operation: call?.operation ?? "",
      length: call?.payload.length ?? 0,
    }));
    try {
      this.#post({ wl: "calls", guest: this.#guest, calls, payloads: bytes }, transferable(bytes));
    } catch (error) {
      this.#failUnposted(posted, asHostError(error));
      return;
    }
    if (isHandedOver && first !== undefined) first.isHandedOver = true;
  }

  #failUnposted(calls: readonly SentCall[], error: HostError): void {
    for (const sent of calls) {
      const { call } = sent;
      sent.call = undefined;
      call?.failed(error);
    }
    this.#forgetSkipped();
  }

  /** Takes what the worker says about this guest. */
  receive(message: FromWorker): void {
    switch (message.wl) {
      case "answers":
        this.#takeAnswers();
        break;
      case "done":
        this.#takeAnswers();
        this.#settle(message.call)?.answered(message.payload);
        this.#takeAnswers();
        break;
      case "failed":
        this.#takeAnswers();
        if (message.replaced) this.#replaced++;
        this.#settle(message.call)?.failed(fromErrorRecord(message.error));
        this.#takeAnswers();
        break;
      case "host-call":
        void this.#answer(message.call, message);
        break;
      case "more":
        this.#shared?.next();
        break;
      case "log":
        this.#options.onLog(message.text);
        break;
    }
  }

  /** Takes the answers that are in the box, in order, up to one that comes in a message. */
  #takeAnswers(): void {
    if (this.#box === undefined) return;
    this.#box.heard();
    for (let first = this.#sent[0]; first !== undefined; first = this.#sent[0]) {
      const answer = this.#box.take(first.number);
      if (answer === undefined) return;
      this.#settle(first.number)?.answered(answer);
    }
  }

  async #answer(number: number, request: HostCallRequest): Promise<void> {
    const call = this.#sent.find((sent) => sent.number === number)?.call;
    const answer = await (call?.hostCall(request) ?? this.#options.onHostCall(request)).catch(
      (error: unknown): HostCallAnswer => ({ ok: false, message: messageOf(error) }),
    );
    if (this.#ended !== undefined) return;
    if (this.#shared !== undefined) this.#shared.write(answer);
    else {
      const transfer = answer.ok ? transferable(answer.payload) : [];
      this.#post({ wl: "answer", guest: this.#guest, ...answer }, transfer);
    }
  }

  /** Forgets a call that is over, and what the worker skipped before and after it. */
  #settle(number: number): PlacedCall | undefined {
    const index = this.#sent.findIndex((sent) => sent.number === number);
    if (index < 0) return undefined;
    const call = this.#sent[index]?.call;
    this.#sent.splice(0, index + 1);
    this.#forgetSkipped();
    return call;
  }

  /** The worker comes upon a withdrawn call as soon as nothing is before it. */
  #forgetSkipped(): void {
    while (this.#sent.length > 0 && this.#sent[0]?.call === undefined) this.#sent.shift();
    if (this.#sent.length <= this.#depth * REFILL_AT) this.#isFull = false;
  }

  #takeBack({ number, isHandedOver }: SentCall): boolean {
    return !isHandedOver && this.#ledger?.withdraw(number) === true;
  }
}
