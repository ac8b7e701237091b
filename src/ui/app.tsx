/** The whole screen: header, status, panes side by side, footer. */
import {Box, Text, useInput, usePaste, useWindowSize} from 'ink';
import {type ReactNode, useEffect} from 'react';
import {useStore} from 'zustand';
import {noLook, type PaneId, type PaneSpec, type Row, type ViewContext} from '../domain/pane.ts';
import type {ZoneOffset} from '../domain/time.ts';
import type {SessionState, SessionStore} from '../session/store.ts';
import {fitted} from './cells.ts';
import type {Controller} from './controller.ts';
import {GuardScreen, isGuardOpen} from './guard/screen.tsx';
import type {GuardTable} from './guard/table.ts';
import {chips} from './guard/words.ts';
import {ageIn, alarmRow, footerRow, headerRow, isStaleIn, progressOf, widthOfRow} from './header.ts';
import {helpRows} from './help.ts';
import {nameOf} from './keymap.ts';
import {type Layout, layoutOf, type Needs, ORDER, type Placed, SMALLEST} from './layout.ts';
import {NoteView} from './note.tsx';
import {PaletteView} from './palette.tsx';
import {Line, PaneView} from './pane-view.tsx';
import {PickerView} from './picker.tsx';
import {searchOf} from './seeking.ts';
import type {UiState, UiStore} from './ui-store.ts';
import {offsetOf} from './zone.ts';

export type AppProps = {
	readonly session: SessionStore;
	readonly ui: UiStore;
	readonly panes: readonly PaneSpec<unknown>[];
	readonly controller: Controller;
	readonly guard: GuardTable;
	readonly local: ZoneOffset;
	readonly colours: boolean;
};

/** In fewer cells the last hour says nothing. */
const LEAST_STRIP = 60;

/** New items since a log was paused, older pages being fetched. */
function asideOf(spec: PaneSpec<unknown>, state: SessionState, ui: UiState): string {
	const look = ui.looks[spec.id];
	if (!spec.log) return '';
	if (look.follow) return '';
	const parts: string[] = [];
	if (spec.id === 'journal' && state.older === 'fetching') parts.push('fetching older lines…');
	if (spec.id === 'journal' && state.older === 'none') parts.push('no older lines');
	const newest = ui.newest[spec.id];
	if (newest !== undefined) {
		const items = spec.items(state.panes[spec.id], look);
		const known = items.indexOf(newest);
		const more = items.behind?.(newest) ?? (known < 0 ? 0 : items.length - 1 - known);
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

export function App({session, ui, panes, controller, guard, local, colours}: AppProps): ReactNode {
	const state = useStore(session);
	const chosen = useStore(ui);
	const {columns, rows} = useWindowSize();
	useInput((input, key) => {
		const name = nameOf(input, key);
		// Keys that come in one read come as one text.
		if ([...name].length > 1 && name === input) controller.burst(input);
		else if (name !== '') controller.press(name);
	});
	usePaste(text => controller.paste(text));

	const specOf = new Map(panes.map(spec => [spec.id, spec]));
	const needs = needsOf(panes, state, chosen.needs);
	// Kept where the keys see it too: moving must mean the rows that are shown.
	useEffect(() => {
		if (needs !== chosen.needs) ui.setState({needs});
	});
	useEffect(() => {
		// Another size begins anew: what was needed there says nothing here.
		if (columns > 0 && rows > 0) ui.setState({needs: {}});
	}, [ui, columns, rows]);
	const layout = layoutOf(columns, rows, chosen.focus, chosen.zoomed, needs);
	if (layout.kind === 'small')
		return (
			<Box width={columns} height={rows} flexDirection="column">
				<Text>{`devtop needs a terminal of ${SMALLEST.columns}x${SMALLEST.rows} at least; this one is ${columns}x${rows}.`}</Text>
				<Text>Make it larger, or a smaller font. q quits.</Text>
			</Box>
		);
	const zone = offsetOf(chosen.zone, state, local);
	const now = Math.floor(state.now / 1000) * 1000;
	const focused = specOf.get(chosen.focus);
	const contextOf = (id: PaneId): ViewContext => ({
		now,
		columns,
		zone,
		look: chosen.looks[id],
		stale: isStaleIn(state, id),
	});
	const verdict = panes.flatMap(spec =>
		spec.verdict === undefined
			? []
			: safely(() => spec.verdict?.(state.panes[spec.id], contextOf(spec.id), progressOf(state)) ?? []),
	);
	const alarm = alarmRow(state, chosen.noticed);
	// What is not proven yet is told before all else; the last hour takes what is left of the row.
	const running = chips(state, alarm === null ? columns - 1 : Math.floor(columns / 2));
	const rest = columns - widthOfRow(running);
	const strip = panes.flatMap(spec =>
		spec.strip === undefined || rest < LEAST_STRIP
			? []
			: safely(
					() => spec.strip?.(state.panes[spec.id], {...contextOf(spec.id), columns: rest}, chosen.stripMinutes) ?? [],
				),
	);
	const cursor = focused === undefined ? null : chosen.looks[focused.id].cursor;
	const hint = focused?.hint === undefined || cursor === null ? '' : focused.hint(state.panes[focused.id], cursor);
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
				stale={isStaleIn(state, id)}
				search={searchOf(look.search)}
				aside={asideOf(spec, state, chosen)}
				age={ageIn(state, id)}
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
			{line([{text: ' '}, ...verdict])}
			{line([...running, ...(alarm ?? strip)])}
			{isGuardOpen(chosen) ? (
				<GuardScreen
					state={state}
					ui={chosen}
					table={guard}
					columns={columns}
					rows={layout.height}
					colours={colours}
					onPainted={controller.painted}
				/>
			) : chosen.palette !== null ? (
				<PaletteView
					palette={chosen.palette}
					state={state}
					guard={guard}
					columns={columns}
					rows={layout.height}
					colours={colours}
				/>
			) : chosen.note !== null ? (
				<NoteView note={chosen.note} columns={columns} rows={layout.height} colours={colours} />
			) : chosen.picker !== null ? (
				<PickerView picker={chosen.picker} columns={columns} rows={layout.height} colours={colours} />
			) : chosen.help ? (
				<HelpView state={state} columns={columns} rows={layout.height} top={chosen.helpTop} colours={colours} />
			) : (
				<Box height={layout.height}>
					{stacked(false)}
					{layout.divider === null ? null : <Divider layout={layout} />}
					{layout.divider === null ? null : stacked(true)}
				</Box>
			)}
			{line(footerRow(chosen, state, {log: focused?.log ?? false, title: focused?.title ?? '', hint}, columns))}
		</Box>
	);
}

function HelpView({
	state,
	columns,
	rows,
	top,
	colours,
}: {
	readonly state: SessionState;
	readonly columns: number;
	readonly rows: number;
	readonly top: number;
	readonly colours: boolean;
}): ReactNode {
	const all = helpRows(state, columns);
	const first = Math.min(top, Math.max(0, all.length - rows));
	return (
		<Box flexDirection="column" height={rows} overflow="hidden">
			{all.slice(first, first + rows).map((row, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: rows of one page
				<Line key={index} pieces={fitted(row, columns)} colours={colours} />
			))}
		</Box>
	);
}

/** What the panes want of rows, never less than before: a list that gets shorter must not move the others. */
function needsOf(panes: readonly PaneSpec<unknown>[], {panes: states}: SessionState, before: Needs): Needs {
	const grown: Partial<Record<PaneId, number>> = {};
	for (const spec of panes) {
		if (spec.log || !ORDER.includes(spec.id)) continue;
		try {
			const state = states[spec.id];
			const wanted = spec.wanted?.(state) ?? spec.items(state, noLook).length + (spec.head === undefined ? 0 : 1);
			if (wanted > (before[spec.id] ?? 0)) grown[spec.id] = Math.max(1, wanted);
		} catch {
			// A pane that can't tell says so in its own place.
		}
	}
	return Object.keys(grown).length === 0 ? before : {...before, ...grown};
}

/** A row that throws is left out: the pane itself says what is wrong. */
function safely(make: () => Row): Row {
	try {
		return make();
	} catch {
		return [];
	}
}
