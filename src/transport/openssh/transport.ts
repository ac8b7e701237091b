/** An open connection that the operator's own `ssh` holds: one more `ssh` for each channel over it. */
import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {type Channel, type Failure, failure, type Transport} from '../../domain/channel.ts';
import {ChildChannel, type Traffic} from '../child/channel.ts';
import {marked} from '../ssh/behind-mark.ts';
import {tooManyChannels} from '../ssh/transport.ts';
import type {Master} from './master.ts';
import {lossOf} from './said.ts';

/**
 * No file of the operator's: forwardings and the like are none of a channel's business. Where the master refuses, ssh
 * would connect by itself; with this ProxyCommand it can't.
 */
const CHANNEL = ['ProxyCommand=false', 'BatchMode=yes', 'LogLevel=ERROR'].flatMap(option => ['-o', option]);

/** With this code an ssh ends whose master went away, as does one whose command ended with it. */
const SSH_FAILED = 255;
/** So long is waited to learn which of them it was. */
const JUDGE_MS = 1000;

export class OpensshTransport implements Transport {
	readonly #master: Master;
	readonly #target: string;
	readonly #onBug: (error: unknown) => void;
	readonly #traffic: Traffic = {received: 0, sent: 0};
	readonly #channels = new Set<ChildChannel>();
	readonly #listeners: ((why: string) => void)[] = [];
	#lost: string | null = null;
	#closing: Promise<void> | null = null;

	constructor(master: Master, target: string, onBug: (error: unknown) => void) {
		this.#master = master;
		this.#target = target;
		this.#onBug = onBug;
		void master.ended.then(code => this.#lose(lossOf(master.said, code)));
	}

	/**
	 * ssh does not say when a channel is open. So the login shell says it, with a word made for this channel, before it
	 * becomes the command: every shell has `echo` and `;`.
	 */
	async open(command: string): Promise<Channel | Failure> {
		if (this.#lost !== null) return this.#gone(this.#lost);
		const mark = `__DEVTOP_OPEN_${randomBytes(6).toString('hex')}`;
		const channel = this.#start(marked(mark, command), mark);
		if (channel instanceof Error)
			return failure(
				'channel',
				`No ssh could be started for ${this.#target} (${channel.message}): end other programs.`,
			);
		if (await channel.ready) return channel;
		const said = channel.said.trim().split('\n')[0]?.trim().replace(/\.+$/, '') || 'ssh did not say why';
		channel.close();
		if (this.#lost !== null) return this.#gone(this.#lost);
		return failure(
			'channel',
			/refused by peer|open failed/.test(said)
				? tooManyChannels(this.#target, '')
				: `${this.#target} ran no command (${said}): is its login shell in order?`,
		);
	}

	#start(command: string, mark: string): ChildChannel | Error {
		const socket = this.#master.socket.replaceAll('%', '%%');
		try {
			const child = spawn(
				'ssh',
				['-F', '/dev/null', '-T', '-a', '-x', ...CHANNEL, '-S', socket, '--', 'device', command],
				{
					stdio: 'pipe',
					// A Ctrl-C in the terminal is answered by us.
					detached: true,
				},
			);
			const channel: ChildChannel = new ChildChannel(child, {
				traffic: this.#traffic,
				onBug: this.#onBug,
				mark,
				kill: true,
				judge: async code => {
					const late = new Promise(resolve => setTimeout(resolve, JUDGE_MS).unref());
					if (code === null || code === SSH_FAILED) await Promise.race([this.#master.ended, late]);
				},
				gone: () => this.#channels.delete(channel),
			});
			this.#channels.add(channel);
			this.#traffic.sent += command.length;
			return channel;
		} catch (error) {
			return error instanceof Error ? error : new Error(String(error));
		}
	}

	/** An ssh of ours has no terminal whose size it could tell, nor one that it could follow. */
	async openTerminal(): Promise<Failure> {
		return failure(
			'usage',
			`A shell can't be lent over --transport openssh: open one with ssh in another terminal, or begin without the option.`,
		);
	}

	onLost(listener: (why: string) => void): void {
		if (this.#lost === null) this.#listeners.push(listener);
		else if (this.#closing === null) this.#tell(listener, this.#lost);
	}

	/** Of the commands and their streams: ssh keeps what it adds, and what it compresses, to itself. */
	traffic(): {readonly received: number; readonly sent: number} {
		return {...this.#traffic};
	}

	/** ssh keeps the times of its keepalives to itself, and a channel to measure by would be one of ten. */
	roundTripMs(): null {
		return null;
	}

	close(): Promise<void> {
		this.#closing ??= this.#end();
		return this.#closing;
	}

	/** Not a loss: nobody is told, but channels that are still open end. */
	async #end(): Promise<void> {
		if (this.#lost !== null) return;
		this.#listeners.length = 0;
		this.#lose('closed here');
		await this.#master.end();
	}

	#lose(why: string): void {
		if (this.#lost !== null) return;
		this.#lost = why;
		for (const channel of [...this.#channels]) channel.lose(why);
		for (const listener of this.#listeners.splice(0)) this.#tell(listener, why);
	}

	#gone(why: string): Failure {
		return failure('lost', `The connection to ${this.#target} was lost: ${why}.`);
	}

	#tell(listener: (why: string) => void, why: string): void {
		try {
			listener(why);
		} catch (bug) {
			this.#onBug(bug);
		}
	}
}
