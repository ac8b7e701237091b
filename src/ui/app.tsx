/** The whole screen: header, status, panes side by side, footer. */
import {Box, Text, useInput, usePaste, useWindowSize} from 'ink';
import type {ReactNode} from 'react';
import {useStore} from 'zustand';
import type {PaneId, PaneSpec, Row, ViewContext} from '../domain/pane.ts';
import {utc, type ZoneOffset} from '../domain/time.ts';
import type {SessionState, SessionStore} from '../session/store.ts';
import {fitted} from './cells.ts';
import {type Controller, searchOf} from './controller.ts';
import {footerRow, headerRow, statusRow} from './header.ts';
import {helpRows} from './help.ts';
import {nameOf} from './keymap.ts';
import {type Layout, layoutOf, type Placed, SMALLEST} from './layout.ts';
import {Line, PaneView} from './pane-view.tsx';
import type {UiState, UiStore} from './ui-store.ts';

export type AppProps = {
	readonly session: SessionStore;
	readonly ui: UiStore;
	readonly panes: readonly PaneSpec<unknown>[];
	readonly controller: Controller;
	readonly local: ZoneOffset;
	readonly colours: boolean;
};

/** New items since a log was paused, older pages being fetched. */
function asideOf(spec: PaneSpec<unknown>, state: SessionState, ui: UiState): string {
	const look = ui.looks[spec.id];
	if (!spec.log || look.follow) return '';
	const parts: string[] = [];
	if (spec.id === 'journal' && state.older === 'fetching') parts.push('fetching older lines…');
	if (spec.id === 'journal' && state.older === 'none') parts.push('no older lines');
	const newest = ui.newest[spec.id];
	if (newest !== undefined) {
		const items = spec.items(state.panes[spec.id], look);
		const known = items.indexOf(newest);
		const more = known < 0 ? 0 : items.length - 1 - known;
		if (more > 0) parts.push(`${more} new, G shows them`);
	}
	return parts.join(' · ');
}

/** The line between two columns; it meets the titles' lines. */
function Divider({layout}: {readonly layout: Extract<Layout, {kind: 'panes'}>}): ReactNode {
	const titles = (right: boolean): Set<number> =>
		new Set(layout.panes.filter(({rect}) => rect.x > (layout.divider ?? 0) === right).map(({rect}) => rect.y));
	const left = titles(false);
	const right = titles(true);
	const rows = Array.from({length: layout.height}, (_, index) => {
		const y = layout.top + index;
		if (index === 0) return '┬';
		return left.has(y) && right.has(y) ? '┼' : left.has(y) ? '┤' : right.has(y) ? '├' : '│';
	});
	return (
		<Box flexDirection="column" width={1}>
			<Text dimColor>{rows.join('\n')}</Text>
		</Box>
	);
}

export function App({session, ui, panes, controller, local, colours}: AppProps): ReactNode {
	const state = useStore(session);
	const chosen = useStore(ui);
	const {columns, rows} = useWindowSize();
	useInput((input, key) => {
		const name = nameOf(input, key);
		// Keys that come in one read come as one text.
		if ([...name].length > 1 && name === input)
			for (const character of input) controller.press(character === ' ' ? 'space' : character);
		else if (name !== '') controller.press(name);
	});
	usePaste(text => controller.paste(text));

	const layout = layoutOf(columns, rows, chosen.focus, chosen.zoomed);
	if (layout.kind === 'small')
		return (
			<Box width={columns} height={rows} flexDirection="column">
				<Text>{`devtop needs a terminal of ${SMALLEST.columns}x${SMALLEST.rows} at least; this one is ${columns}x${rows}.`}</Text>
				<Text>Make it larger, or a smaller font. q quits.</Text>
			</Box>
		);
	const zone = chosen.zone === 'utc' ? utc : local;
	const now = Math.floor(state.now / 1000) * 1000;
	const stale = state.link.kind !== 'live';
	const specOf = new Map(panes.map(spec => [spec.id, spec]));
	const focused = specOf.get(chosen.focus);
	const summaries = panes.map(spec => {
		const context: ViewContext = {now, columns, zone, look: chosen.looks[spec.id], stale};
		return {spec, summary: safely(() => spec.summary(state.panes[spec.id], context))};
	});
	const line = (row: Row): ReactNode => <Line pieces={fitted(row, columns)} colours={colours} />;
	const view = ({id, rect}: Placed): ReactNode => {
		const spec = specOf.get(id);
		if (spec === undefined) return null;
		const look = chosen.looks[id];
		return (
			<PaneView
				key={id}
				spec={spec}
				state={state.panes[id]}
				look={look}
				rect={rect}
				focused={id === chosen.focus}
				now={now}
				zone={zone}
				stale={stale}
				search={searchOf(look.search)}
				aside={asideOf(spec, state, chosen)}
				colours={colours}
			/>
		);
	};
	const stacked = (right: boolean): ReactNode => (
		<Box flexDirection="column">
			{layout.panes.filter(({rect}) => (layout.divider !== null && rect.x > layout.divider) === right).map(view)}
		</Box>
	);
	return (
		<Box width={columns} height={rows} flexDirection="column" overflow="hidden">
			{line(headerRow(state, chosen, local, columns))}
			{line(statusRow(state, summaries))}
			{chosen.help ? (
				<HelpView state={state} columns={columns} rows={layout.height} colours={colours} />
			) : (
				<Box height={layout.height}>
					{stacked(false)}
					{layout.divider === null ? null : <Divider layout={layout} />}
					{layout.divider === null ? null : stacked(true)}
				</Box>
			)}
			{line(footerRow(chosen, state, focused?.log ?? false, focused?.title ?? '', columns))}
		</Box>
	);
}

function HelpView({
	state,
	columns,
	rows,
	colours,
}: {
	readonly state: SessionState;
	readonly columns: number;
	readonly rows: number;
	readonly colours: boolean;
}): ReactNode {
	return (
		<Box flexDirection="column" height={rows} overflow="hidden">
			{helpRows(state, columns)
				.slice(0, rows)
				.map(row => (
					<Line key={row.map(({text}) => text).join('|')} pieces={fitted(row, columns)} colours={colours} />
				))}
		</Box>
	);
}

/** A summary that throws is no summary: the pane itself says what is wrong. */
function safely(make: () => Row): Row {
	try {
		return make();
	} catch {
		return [];
	}
}

export type {PaneId};
