/** What commands say beside the screen. */
import {clean} from '../domain/text.ts';

/** Of a command that ends at once: text for stdout, and the exit code. */
export type Said = {readonly text: string; readonly code: number};

/** The latest moment that a date can be: a device may say anything of its clock. */
const LATEST_MS = 8.64e15;

/** A moment as ISO UTC; null where it is none. */
export const iso = (ms: number | null): string | null =>
	ms === null || !(Math.abs(ms) <= LATEST_MS) ? null : new Date(ms).toISOString();

/** One sentence on stderr: before the screen is taken, or after. What the far side said may stand in it. */
export const say = (sentence: string): void => void process.stderr.write(`devtop: ${clean(sentence)}\n`);
