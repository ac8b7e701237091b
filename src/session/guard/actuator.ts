/** The only writer: sends the words of a permit, and nothing else. The gate alone holds it. */
import {
	type Channel,
	type Exit,
	type Failure,
	failure,
	isFailure,
	type RemoteTerminal,
	type Size,
	type Transport,
} from '../../domain/channel.ts';
import {ConsoleLines, type SecretsIn} from '../../domain/console.ts';
import type {FrameBody} from '../../domain/frame.ts';
import type {Unit} from '../../domain/source.ts';
import type {Wire} from '../connection.ts';
import type {Permit} from './permit.ts';

export type ActuatorParts = {
	readonly transport: Pick<Transport, 'open' | 'openTerminal' | 'way'>;
	readonly wire: Wire;
	readonly emit: (frame: FrameBody) => void;
	readonly nextChannel: () => number;
	/** Monotonic milliseconds of the session. */
	readonly elapsed: () => number;
	/** Puts everything so far on the disk; why it can't, or empty. */
	readonly seal: () => string;
	/** Where secrets are in a line that a terminal is about to write over. */
	readonly secretsIn?: SecretsIn;
};

/** At most so many characters, none of them cut in two. */
const PIECE = /.{1,8000}/gsu;

/** Bytes for a command's stdin, a piece at a time. */
export type Feed = () => AsyncIterable<Uint8Array>;

export class Actuator {
	readonly #parts: ActuatorParts;

	constructor(parts: ActuatorParts) {
		this.#parts = parts;
	}

	/**
	 * Sends a command and waits for its end. `ran` is on the disk before the command leaves. What it prints is emitted whole:
	 * a line a frame, its end without a line break as the `rest` of its exit.
	 *
	 * @param said is called with each line that it prints.
	 * @param feed what it is given on its stdin, which no frame has. The end of it is not told: the command knows how much
	 *   comes. Where less can be given than that, its channel is closed.
	 */
	async run(
		permit: Permit,
		said: (text: string) => void = () => {},
		feed: Feed | null = null,
	): Promise<Exit | Failure> {
		const {transport, wire, emit, nextChannel, elapsed, seal} = this.#parts;
		const argv = permit.spend(elapsed());
		if (typeof argv === 'string') return failure('refused', argv);
		const token = wire.token();
		const ch = nextChannel();
		emit({t: 'ran', id: permit.id, ch, step: permit.step, argv, token});
		const unsealed = seal();
		if (unsealed !== '') return failure('refused', `Nothing was sent: ${unsealed}.`);
		const channel = await transport.open(
			wire.command(feed === null ? 'once' : 'feed', argv, token, transport.way?.cutsEnds),
		);
		if (isFailure(channel)) {
			const exit: Exit = {kind: 'lost', why: channel.message};
			emit({t: 'exit', ch, exit});
			// With the link gone in that moment it can't be known whether it arrived.
			return channel.code === 'lost' ? exit : channel;
		}
		const framer = wire.framer({mode: 'once', framing: 'lines'}, token);
		const lines = (units: readonly Unit[]): void => {
			for (const unit of units) {
				emit({t: 'out', ch, unit});
				if (unit.kind === 'line') said(`${unit.text}\n`);
			}
		};
		const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
		/** In pieces, as a frame is one line of the recording; nothing of it is left out. */
		const complain = (text: string): void => {
			for (const [piece] of text.matchAll(PIECE)) {
				emit({t: 'err', ch, text: piece});
				said(piece);
			}
		};
		return new Promise(resolve => {
			if (feed !== null) void give(channel, feed);
			channel.read({
				out: bytes => lines(framer.push(bytes)),
				err: bytes => complain(decoder.decode(bytes, {stream: true})),
				end: end => {
					const {units, code, rest} = framer.end();
					lines(units);
					complain(decoder.decode());
					if (rest !== '') said(rest);
					const exit: Exit = code !== null ? {kind: 'exited', code} : end.kind === 'lost' ? end : {kind: 'truncated'};
					emit({t: 'exit', ch, exit, ...(rest === '' ? {} : {rest})});
					resolve(exit);
				},
			});
		});
	}

	/**
	 * Opens the command on a terminal. `ran` is on the disk before it leaves. What it prints goes to `watching` as it is, and
	 * into frames as lines without what a terminal obeys: only so are secrets seen in them. Keys are in no frame.
	 */
	async openTerminal(permit: Permit, size: Size, watching: Watching): Promise<RemoteTerminal | Failure> {
		const {transport, wire, emit, nextChannel, elapsed, seal, secretsIn} = this.#parts;
		const argv = permit.spend(elapsed());
		if (typeof argv === 'string') return failure('refused', argv);
		const token = wire.token();
		const ch = nextChannel();
		emit({t: 'ran', id: permit.id, ch, step: permit.step, argv, token, terminal: true});
		const unsealed = seal();
		if (unsealed !== '') return failure('refused', `Nothing was sent: ${unsealed}.`);
		const terminal = await transport.openTerminal(wire.command('terminal', argv, token), size);
		if (isFailure(terminal)) {
			emit({t: 'exit', ch, exit: {kind: 'lost', why: terminal.message}});
			return terminal;
		}
		const output = wire.terminal(token);
		const lines = new ConsoleLines(size.columns, secretsIn);
		const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
		let recorded = 0;
		const take = (bytes: Uint8Array): void => {
			for (const text of lines.push(decoder.decode(bytes, {stream: true}))) {
				recorded++;
				emit({t: 'out', ch, unit: {kind: 'line', text}});
			}
			if (bytes.length > 0) watching.out(bytes);
		};
		terminal.read({
			out: bytes => take(output.push(bytes)),
			err: bytes => take(bytes),
			end: end => {
				const {shown, code} = output.end();
				take(shown);
				const rest = lines.end();
				const exit: Exit = code !== null ? {kind: 'exited', code} : end.kind === 'lost' ? end : {kind: 'truncated'};
				emit({t: 'exit', ch, exit, ...(rest === '' ? {} : {rest})});
				watching.end(exit, recorded);
			},
		});
		return {
			read: () => {},
			write: text => terminal.write(text),
			send: bytes => terminal.send(bytes),
			pause: () => terminal.pause(),
			resume: () => terminal.resume(),
			close: () => terminal.close(),
			resize: to => {
				lines.columns = to.columns;
				terminal.resize(to);
			},
		};
	}
}

/** What is told of a terminal that was opened. */
export type Watching = {
	/** Bytes for the operator's own terminal, as they came. */
	out(bytes: Uint8Array): void;
	/** @param lines how many were recorded. */
	end(exit: Exit, lines: number): void;
};

/** Gives a command its bytes, as fast as it takes them. */
async function give(channel: Channel, feed: Feed): Promise<void> {
	try {
		for await (const bytes of feed()) if (!(await channel.send(bytes))) return;
	} catch {
		// It waits for what does not come; closed, it sees the end of its stdin.
		channel.close();
	}
}
