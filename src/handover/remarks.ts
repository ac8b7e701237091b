/**
 * What people wrote into a recording, and what was kept out of it. These frames are read with care: they may come from
 * another version, or from anyone who edited the file.
 */
import {GATE_FRAMES} from '../domain/frame.ts';
import type {Gaps, Remark} from './note.ts';
import {isoOf, safe} from './words.ts';

/** A frame as it may be. */
export type Loose = Readonly<Record<string, unknown>> & {readonly t: string; readonly at: number};

/** Frames that the fold knows, those of the gate (acts.ts), and those that end a session. */
const KNOWN = new Set([
	...[
		'header',
		'link',
		'open',
		'in',
		'out',
		'err',
		'exit',
		'tick',
		'notice',
		'bye',
		'seam',
		'scope',
		'snooze',
		'earlier',
	],
	...GATE_FRAMES,
]);
const OWN = new Set(['t', 'at', 'ms', 'text', 'hash']);
const MOST = 500;

const isKind = (t: string): t is Remark['kind'] => t === 'mark' || t === 'note' || t === 'todo';

function wordOf(name: string, value: unknown): string | null {
	if (typeof value === 'number') return (/(?:At|Ms|due)$/.test(name) ? isoOf(value) : null) ?? String(value);
	if (typeof value === 'string' && value !== '') return safe(value);
	return null;
}

/** Grows with the frames. */
export class Remarks {
	readonly #remarks: Remark[] = [];
	readonly #redacted = new Map<string, number>();
	readonly #unknown = new Map<string, number>();
	readonly #pauses: {readonly fromAt: number; toAt: number | null; readonly reason: string}[] = [];

	take(frame: Loose): void {
		const {t, at} = frame;
		if (KNOWN.has(t)) return;
		if (isKind(t)) this.#remark(frame, t);
		else if (t === 'redacted') {
			const rule = typeof frame.rule === 'string' ? safe(frame.rule, 80) : 'a rule without a name';
			const count = typeof frame.count === 'number' && frame.count > 0 ? Math.floor(frame.count) : 1;
			this.#redacted.set(rule, (this.#redacted.get(rule) ?? 0) + count);
		} else if (t === 'pause') {
			const reason = typeof frame.reason === 'string' ? safe(frame.reason) : '';
			this.#pauses.push({fromAt: at, toAt: null, reason});
		} else if (t === 'resume') {
			const pause = this.#pauses.at(-1);
			if (pause !== undefined) pause.toAt ??= at;
		} else {
			const kind = safe(t, 40);
			if (this.#unknown.size < 50 || this.#unknown.has(kind))
				this.#unknown.set(kind, (this.#unknown.get(kind) ?? 0) + 1);
		}
	}

	#remark(frame: Loose, kind: Remark['kind']): void {
		if (this.#remarks.length >= MOST) return;
		const more = Object.entries(frame).flatMap(([name, value]): (readonly [string, string])[] => {
			const said = OWN.has(name) ? null : wordOf(name, value);
			return said === null ? [] : [[safe(name, 40), said]];
		});
		const text = typeof frame.text === 'string' ? safe(frame.text, 2000) : '';
		this.#remarks.push({kind, at: frame.at, text, more});
	}

	get remarks(): readonly Remark[] {
		return this.#remarks;
	}

	get gaps(): Pick<Gaps, 'redacted' | 'unknown' | 'pauses'> {
		return {
			redacted: [...this.#redacted].map(([rule, count]) => ({rule, count})),
			unknown: [...this.#unknown].map(([kind, count]) => ({kind, count})),
			pauses: this.#pauses,
		};
	}
}
