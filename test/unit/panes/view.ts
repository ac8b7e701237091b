/** What a pane's tests are shown through. */
import type {Vitals} from '../../../src/domain/fact.ts';
import {noLook, type Row, type ViewContext} from '../../../src/domain/pane.ts';
import {utc} from '../../../src/domain/time.ts';

/** A live view in UTC. */
export const viewAt = (now: number, columns: number): ViewContext => ({
	now,
	columns,
	zone: utc,
	look: noLook,
	stale: false,
});

/** A row's text, columns apart by one blank. */
export const squeezed = (row: Row): string =>
	row
		.map(({text}) => text)
		.join('')
		.replaceAll(/ +/g, ' ')
		.trim();

/** Vitals of a kernel that says nothing of any. */
export const noVitals: Vitals = {
	uptimeMs: null,
	clockMs: null,
	load: null,
	cpu: null,
	memory: null,
	swap: null,
	temperatures: [],
	vpn: null,
};
