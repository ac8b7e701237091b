/** What a sampler is asked for, and when. Pure: a beat is a number of seconds since the connection began. */
import {askedLess} from '../domain/source.ts';
import type {Section} from '../domain/tick.ts';

/** Seconds between two looks at a section. Units: at least every two seconds. */
const EVERY: Readonly<Record<Exclude<Section, 'full'>, number>> = {
	units: 2,
	pulls: 2,
	vitals: 4,
	failed: 10,
	engine: 10,
	disk: 30,
};

/** Units are sent as changes; now and then as a whole, so that nothing can stay wrong for long. */
const FULL_EVERY = 120;

/**
 * The sections that are due at this second.
 *
 * @param hinted the journal said that a unit changed: look now.
 * @param pulling a pull runs: its bytes are asked for every second.
 * @param metered the link is paid by the byte.
 */
export function due(
	second: number,
	{hinted, pulling, metered = false}: {hinted: boolean; pulling: boolean; metered?: boolean},
): {
	readonly sampler: readonly Section[];
	readonly engine: readonly Section[];
} {
	const every = (section: keyof typeof EVERY): boolean => second % (EVERY[section] * askedLess({metered})) === 0;
	const sampler: Section[] = [];
	const engine: Section[] = [];
	if (every('units') || hinted) sampler.push('units');
	if (sampler.length > 0 && second % FULL_EVERY === 0) sampler.push('full');
	if (every('failed') || (hinted && !metered)) sampler.push('failed');
	if (every('vitals')) sampler.push('vitals');
	if (every('pulls') || (pulling && !metered)) sampler.push('pulls');
	if (every('engine') || (hinted && !metered)) engine.push('engine');
	if (every('disk')) engine.push('disk');
	return {sampler, engine};
}
