import type {Exit} from '../../../src/domain/channel.ts';
import type {Frame, FrameBody} from '../../../src/domain/frame.ts';
import type {LinkState} from '../../../src/domain/link.ts';
import {everything, type Scope, type SourceId, type Unit} from '../../../src/domain/source.ts';

/** 2026-11-25 10:00:00 UTC. */
export const START = 1_795_600_800_000;

export const boots = {first: 'a'.repeat(32), second: 'b'.repeat(32)} as const;

/** A recording by hand: frames at seconds since its start. */
export class Tape {
	readonly frames: Frame[] = [];
	#channels = 0;
	#second = 0;

	constructor(scope: Partial<Scope> = {}, more: Record<string, unknown> = {}) {
		this.add({
			t: 'header',
			version: 1,
			program: 'devtop 0.1.0',
			target: 'root@device',
			road: 'direct',
			scope: {...everything, ...scope},
			...more,
		});
	}

	at(second: number): this {
		this.#second = second;
		return this;
	}

	/** Any frame, those of other versions too. */
	add(body: FrameBody | Record<string, unknown>): this {
		this.frames.push({...body, at: START + this.#second * 1000, ms: this.#second * 1000} as Frame);
		return this;
	}

	link(link: LinkState): this {
		return this.add({t: 'link', link});
	}

	live(): this {
		return this.link({kind: 'live', since: START + this.#second * 1000});
	}

	lost(attempt = 1, why = 'the keepalive was not answered'): this {
		return this.link({kind: 'waiting', attempt, next: START + this.#second * 1000 + 1000, why});
	}

	open(source: SourceId, place?: 'history' | 'live' | 'older', argv: readonly string[] = ['journalctl']): number {
		const ch = ++this.#channels;
		this.add({t: 'open', ch, source, argv, token: `t${ch}`, ...(place === undefined ? {} : {place})});
		return ch;
	}

	out(ch: number, unit: Unit): this {
		return this.add({t: 'out', ch, unit});
	}

	exit(ch: number, exit: Exit = {kind: 'exited', code: 0}): this {
		return this.add({t: 'exit', ch, exit});
	}

	/** One command from its beginning to its end. */
	once(source: SourceId, units: readonly Unit[], place?: 'history' | 'older'): this {
		const ch = this.open(source, place);
		for (const unit of units) this.out(ch, unit);
		return this.exit(ch);
	}

	identity(boot: string, more = ''): this {
		const text = `boot ${boot}\nhost box\nkernel 5.15.92\nos PRETTY_NAME="balenaOS 5.0"\nos ID="balena-os"\nuid 0\nsystemd-runs yes\nuuid ${'c'.repeat(32)}\ntype generic\n${more}`;
		return this.once('identity', [{kind: 'block', tick: 0, text}]);
	}
}

type Line = {
	readonly number: number;
	readonly second: number;
	readonly boot?: string;
	readonly message?: string;
	readonly file?: string;
	readonly more?: readonly (readonly [string, string])[];
};

/** A journal entry; `second` is the device's clock, as seconds since START. */
export const line = ({
	number,
	second,
	boot = boots.first,
	message = `line ${number}`,
	file = 'f',
	more = [],
}: Line): Unit => ({
	kind: 'entry',
	entry: [
		[
			'__CURSOR',
			`s=${file === 'f' ? 'f' : '9'}0;i=${number.toString(16)};b=${boot};m=${(second * 1e6).toString(16)};t=1;x=1`,
		],
		['__REALTIME_TIMESTAMP', String((START + second * 1000) * 1000)],
		['__MONOTONIC_TIMESTAMP', String((1000 + second) * 1_000_000)],
		['_BOOT_ID', boot],
		['PRIORITY', '6'],
		['SYSLOG_IDENTIFIER', 'app'],
		['_TRANSPORT', 'stdout'],
		['_SYSTEMD_UNIT', 'app.service'],
		['MESSAGE', message],
		...more,
	],
});

/** A kernel line, which rules read. */
export const kernelLine = (number: number, second: number, message: string): Unit => ({
	kind: 'entry',
	entry: [
		['__CURSOR', `s=f0;i=${number.toString(16)};b=${boots.first};m=1;t=1;x=1`],
		['__REALTIME_TIMESTAMP', String((START + second * 1000) * 1000)],
		['__MONOTONIC_TIMESTAMP', String((1000 + second) * 1_000_000)],
		['_BOOT_ID', boots.first],
		['PRIORITY', '3'],
		['SYSLOG_IDENTIFIER', 'kernel'],
		['_TRANSPORT', 'kernel'],
		['MESSAGE', message],
	],
});
