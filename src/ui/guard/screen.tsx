/** The guard's screens, in place of the panes: menu, dialog, consent form. */
import {Box} from 'ink';
import {type ReactNode, useEffect} from 'react';
import type {Proposal} from '../../domain/guard.ts';
import type {Row} from '../../domain/pane.ts';
import {shortUuid} from '../../domain/uuid.ts';
import {holding} from '../../session/guard/state.ts';
import type {SessionState} from '../../session/store.ts';
import {fitted} from '../cells.ts';
import {Line} from '../pane-view.tsx';
import type {UiState} from '../ui-store.ts';
import {buttonRow, type Dialog, dialogBody, dialogHints, proposalOf, requestRows, titleRows} from './dialog.ts';
import type {Painted} from './dialog-keys.ts';
import {elsewhereHints, elsewhereRows} from './elsewhere.ts';
import {armedRows, formRows} from './form-rows.ts';
import {menuRows} from './menu.ts';
import type {GuardTable} from './table.ts';

export type GuardScreenProps = {
	readonly state: SessionState;
	readonly ui: UiState;
	readonly table: GuardTable;
	readonly columns: number;
	readonly rows: number;
	readonly colours: boolean;
	/** Told what of a dialog is on the screen, behind each drawing. */
	readonly onPainted: (what: Painted | null) => void;
};

/** Is one of the guard's screens open? */
export const isGuardOpen = ({form, armed, dialog, menu, elsewhere}: UiState): boolean =>
	form !== null || armed || dialog !== null || menu !== null || elsewhere !== null;

const deviceOf = ({identity, target}: SessionState): string =>
	[...new Set([identity?.hostname ?? target, ...(identity?.uuid == null ? [] : [shortUuid(identity.uuid)])])].join(' ');

function Rows({
	rows,
	columns,
	height,
	colours,
}: {
	readonly rows: readonly Row[];
	readonly columns: number;
	readonly height: number;
	readonly colours: boolean;
}): ReactNode {
	return (
		<Box flexDirection="column" height={height} overflow="hidden">
			{rows.slice(0, height).map((row, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: rows of one page
				<Line key={index} pieces={fitted(row, columns)} colours={colours} />
			))}
		</Box>
	);
}

/** The dialog: its title above, its buttons below, and between them as much as there is room for. */
function DialogView({
	dialog,
	proposal,
	state,
	table,
	columns,
	rows,
	colours,
	onPainted,
}: Omit<GuardScreenProps, 'ui'> & {readonly dialog: Dialog; readonly proposal: Proposal}): ReactNode {
	const {id, phase} = proposal;
	const head = titleRows(proposal, columns);
	// The buttons are never pushed out.
	const room = Math.max(1, rows - head.length - 2);
	const body = dialogBody(proposal, state.guard, table, columns, room);
	const cut = body.length > room;
	const shown = cut ? room - 1 : room;
	const top = Math.min(dialog.top, Math.max(0, body.length - shown));
	const below = body.length - top - shown;
	const whole = below <= 0;
	useEffect(() => onPainted({id, phase, whole}));
	useEffect(() => () => onPainted(null), [onPainted]);
	const more: Row = [
		{text: '   '},
		{text: below > 0 ? `↓ ${below} more below` : '↑ more above', tone: below > 0 ? 'warning' : 'muted'},
	];
	return (
		<Rows
			rows={[
				...head,
				...body.slice(top, top + shown),
				...(cut ? [more] : []),
				[{text: ' '}],
				buttonRow(dialog, proposal, state.guard),
			]}
			columns={columns}
			height={rows}
			colours={colours}
		/>
	);
}

export function GuardScreen(props: GuardScreenProps): ReactNode {
	const {state, ui, table, columns, rows, colours} = props;
	const {guard} = state;
	const page = (all: readonly Row[]): ReactNode => (
		<Rows rows={all} columns={columns} height={rows} colours={colours} />
	);
	if (ui.elsewhere !== null) return page(elsewhereRows(ui.elsewhere, columns));
	if (ui.form !== null)
		return page(formRows(ui.form, table, deviceOf(state), state.identity?.development === true, columns));
	if (ui.armed) return page(armedRows(holding(guard, guard.ms), guard.ms, table, columns));
	if (ui.dialog !== null) {
		const proposal = proposalOf(ui.dialog, guard);
		if (ui.dialog.request !== '') return page(requestRows(ui.dialog.request, columns));
		if (proposal === null) return page([[{text: ' The device is being read…', tone: 'muted'}]]);
		return <DialogView {...props} dialog={ui.dialog} proposal={proposal} />;
	}
	return ui.menu === null ? null : page(menuRows(ui.menu, table, deviceOf(state), columns, rows));
}

/** The last row of the screen while one of them is open. */
export function guardHints({form, armed, dialog, elsewhere}: UiState, {guard}: Pick<SessionState, 'guard'>): string {
	if (elsewhere !== null) return elsewhereHints(guard.lookOnly);
	if (form !== null) return 'Tab ↑↓ choose a line · Enter goes on, on the last it records · Esc leaves';
	if (armed) return 'd disarms · A another · Esc leaves it as it is';
	if (dialog !== null) return dialogHints(dialog, proposalOf(dialog, guard), guard);
	return 'a letter, or ↑↓ and Enter, opens the dialog: nothing is done yet · Esc';
}
