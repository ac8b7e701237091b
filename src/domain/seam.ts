/** Where the journal was not followed for a while: what came of that time afterwards, and what can be proven of it. */
import {count, grouped} from './text.ts';
import {span} from './time.ts';

export type Seam = {
	/** The link was lost, or the operator paused what follows, or fetches something else. */
	readonly cause: 'link' | 'pause' | 'scope';
	/** Operator's clock, epoch ms. */
	readonly lostAt: number;
	readonly backAt: number;
	/** Lines of that time that came afterwards. */
	readonly recovered: number;
	/** Proven by the lines' numbers, or by the last line of before that is still there; null: it can't be told. */
	readonly lost: number | null;
	/** Came although a line with a higher number was there before: what was dropped as a repeat is none of these. */
	readonly doubled: number;
	/** Dropped by journald itself in that time, as it says. */
	readonly suppressed: number;
	/** Why it can't be told; empty where it can. */
	readonly doubt: string;
	/** Was the device started anew, and was the old boot's journal still there? */
	readonly reboot: 'no' | 'kept' | 'gone';
	/** The boot that it came back in, and the last line before, device clock in epoch ms. */
	readonly boot: string;
	readonly lastMs: number | null;
};

/** `214 recovered, 0 lost, 0 doubled`, or what is known in place of it. */
export function seamProof({recovered, lost, doubled, suppressed, doubt}: Seam): string {
	const found = `${grouped(recovered)} recovered`;
	const twice = `${grouped(doubled)} doubled`;
	const dropped = suppressed === 0 ? '' : `, ${grouped(suppressed)} suppressed by journald`;
	if (lost === null) return `${found}, ${twice}${dropped}; a gap is possible, because ${doubt}`;
	return lost === 0
		? `${found}, 0 lost, ${twice}${dropped}`
		: `${found}, ${twice}${dropped}, ${grouped(lost)} lost: the device overwrote ${lost === 1 ? 'it' : 'them'}`;
}

/** `back after 31 s: 214 recovered, 0 lost, 0 doubled`; of a device that was started anew, what became of the old boot's journal. */
export function seamWords(seam: Seam): string {
	const {cause, lostAt, backAt, reboot, boot, recovered, doubled, suppressed} = seam;
	const after = span(Math.max(0, backAt - lostAt));
	if (reboot === 'no' && cause === 'scope') return `something else is fetched from here on: ${seamProof(seam)}`;
	if (reboot === 'no') return `${cause === 'pause' ? 'on again' : 'back'} after ${after}: ${seamProof(seam)}`;
	const back = `rebooted, back after ${after} in boot ${boot.slice(0, 8)}`;
	if (reboot === 'kept') return `${back}; the old boot's end was fetched: ${seamProof(seam)}`;
	const dropped = suppressed === 0 ? '' : `, ${grouped(suppressed)} suppressed by journald`;
	return `${back}: ${count(recovered, 'line')} of it, ${grouped(doubled)} doubled${dropped}; what the old boot said after its last line here was lost with its journal`;
}

/** How much of a worry it is. */
export const seamTone = ({lost, doubled}: Seam): 'good' | 'warning' =>
	lost === 0 && doubled === 0 ? 'good' : 'warning';
