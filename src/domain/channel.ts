/** The seam between the session and the bytes: what a transport gives, whatever the road. */
import type {OnStep} from './step.ts';

/** How a remote command ended, as far as it is known. A code comes from the trailer inside the stream, never from SSH's exit status. */
export type Exit =
	| {readonly kind: 'exited'; readonly code: number}
	/** The stream ended without its trailer: the last bytes may be missing. */
	| {readonly kind: 'truncated'}
	/** The connection went away under it. */
	| {readonly kind: 'lost'; readonly why: string};

/** The end of a byte stream: closed by the other side, or lost with the connection. */
export type StreamEnd = {readonly kind: 'closed'} | {readonly kind: 'lost'; readonly why: string};

/** Called by a channel. None of these may throw: a throw inside ssh2's parser ends the connection. */
export interface ChannelReader {
	out(bytes: Uint8Array): void;
	err(bytes: Uint8Array): void;
	end(end: StreamEnd): void;
}

/** One remote command: its two byte streams, its stdin, its end. */
export interface Channel {
	/** Sets the one reader; bytes that came earlier are delivered first. */
	read(reader: ChannelReader): void;
	/** Writes to the command's stdin: a tick line, or the stop line. */
	write(text: string): void;
	/** Writes bytes to the command's stdin. Resolves when more may come; to false where it takes none any more. */
	send(bytes: Uint8Array): Promise<boolean>;
	/** Stops the flow of bytes, without loss. */
	pause(): void;
	resume(): void;
	/** Closes the channel at once. The command on the device sees EOF on its stdin. */
	close(): void;
	/**
	 * What SSH itself says of the exit once it has ended; null where it says nothing. A road may say 0 for everything, so this
	 * is compared (`devtop doctor`) and never believed. Left out by roads that have no such thing.
	 */
	status?(): number | null;
}

/** So many character cells has a terminal. */
export type Size = {readonly columns: number; readonly rows: number};

/** A remote command on a terminal of its own: all that it prints comes as one stream, with what a terminal obeys in it. */
export interface RemoteTerminal extends Channel {
	resize(size: Size): void;
}

/** A user-facing failure: one sentence that says what happened, to what, and what to do next. */
export type Failure = {
	readonly kind: 'failure';
	readonly code: FailureCode;
	readonly message: string;
	/** Which of the causes that a code can have, where that is known. */
	readonly cause?: FailureCause;
};
export type FailureCode =
	| 'usage'
	| 'unknown-host'
	| 'unreachable'
	| 'refused'
	| 'timeout'
	| 'auth'
	| 'host-key-unknown'
	| 'host-key-changed'
	| 'host-key-revoked'
	| 'key'
	| 'not-a-device'
	| 'channel'
	| 'lost';

export type FailureCause =
	/** Something listens, but it is no SSH server. */
	| 'not-ssh'
	/** Nothing was said after the TCP connection. */
	| 'silent'
	| 'no-common-way'
	| 'closed-early'
	/** Of a login: all keys that could be offered were refused. */
	| 'key-refused'
	| 'no-key'
	| 'agent-empty'
	| 'agent-gone'
	| 'passphrase-missing'
	| 'passphrase-wrong'
	| 'too-many-keys'
	| 'key-unusable';

/** Makes a failure value. */
export const failure = (code: FailureCode, message: string, cause?: FailureCause): Failure =>
	cause === undefined ? {kind: 'failure', code, message} : {kind: 'failure', code, message, cause};

/** Failures after which trying again cannot help, or does harm: a burst of refused logins can shut a device's sshd for good. */
const FINAL: ReadonlySet<FailureCode> = new Set([
	'auth',
	'host-key-unknown',
	'host-key-changed',
	'host-key-revoked',
	'key',
	'usage',
]);

/** Is there no use in trying again? */
export const isFinal = ({code}: Failure): boolean => FINAL.has(code);

/** Tells a failure from anything else. */
export const isFailure = (value: unknown): value is Failure =>
	typeof value === 'object' && value !== null && (value as Failure).kind === 'failure';

/** Which way a connection goes, and what it can be trusted for. Left out where it carries everything as it is. */
export type Way = {
	/** For the header: "tunnel", "proxy". */
	readonly name: string;
	/** One sentence of what has to be known of it; empty where there is nothing. */
	readonly caution: string;
	/** The last bytes of a command that ends may be cut: it has to linger, and is asked again where its trailer is missing. */
	readonly cutsEnds: boolean;
};

/** An open connection to one device. It can only run the commands that it is given; the session gives it sources. */
export interface Transport {
	readonly way?: Way;
	/** Runs a remote command line (already quoted, see transport/command.ts). Fails as a value. */
	open(command: string): Promise<Channel | Failure>;
	/** Runs one on a terminal of its own. A road that has none says so in a sentence. For the actuator only. */
	openTerminal(command: string, size: Size): Promise<RemoteTerminal | Failure>;
	/** Called once, when the connection is gone. */
	onLost(listener: (why: string) => void): void;
	/** Bytes on the wire so far, both directions. */
	traffic(): {readonly received: number; readonly sent: number};
	/** Milliseconds of the last keepalive answered, or null. */
	roundTripMs(): number | null;
	/** Ends the connection; resolves when it is closed or after two seconds. */
	close(): Promise<void>;
}

/** A transport with something about it changed: its methods are bound, so a class with private fields can be spread. */
export const overTransport = (transport: Transport, change: Partial<Transport>): Transport => ({
	...(transport.way === undefined ? {} : {way: transport.way}),
	open: command => transport.open(command),
	openTerminal: (command, size) => transport.openTerminal(command, size),
	onLost: listener => transport.onLost(listener),
	traffic: () => transport.traffic(),
	roundTripMs: () => transport.roundTripMs(),
	close: () => transport.close(),
	...change,
});

/** A way to reach one device. Connecting again makes a new transport. */
export interface Road {
	/** For the header: "direct", "demo". */
	readonly name: string;
	/** For the header and errors: "root@10.0.0.7:22222". */
	readonly target: string;
	/** The device is the operator's own machine. */
	readonly here?: boolean;
	/** @param onStep told what is done on the way. */
	connect(signal: Cancel, onStep?: OnStep): Promise<Transport | Failure>;
}

/** What the core needs of an AbortSignal. */
export interface Cancel {
	readonly aborted: boolean;
	addEventListener(type: 'abort', listener: () => void): void;
	removeEventListener(type: 'abort', listener: () => void): void;
}
