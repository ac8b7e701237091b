/** What a pane's tests are shown through. */
import {noFilter} from '../../../src/domain/filter.ts';
import type {Look, ViewContext} from '../../../src/domain/pane.ts';
import {utc} from '../../../src/domain/time.ts';

/** A look before any key. */
export const look: Look = {
	cursor: null,
	top: null,
	follow: false,
	filter: noFilter,
	search: '',
	order: null,
	open: new Set(),
	calm: false,
};

/** A live view in UTC. */
export const viewAt = (now: number, columns: number): ViewContext => ({now, columns, zone: utc, look, stale: false});
