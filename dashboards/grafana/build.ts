// Makes Grafana's dashboards from the table of panels, with Grafana's own builders (grafana-foundation-sdk).

import { VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { BOARDS, type Board, type Panel } from './panels.ts';

const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' };
const SIZE = { height: 9, span: 12 };

/** The files of all dashboards: path from the root, and text. */
export function dashboardFiles(): [path: string, text: string][] {
  return BOARDS.map((board) => [
    `dashboards/grafana/dashboards/${board.uid.replace('waybill-', '')}.json`,
    `${JSON.stringify(dashboardOf(board), null, 2)}\n`,
  ]);
}

function dashboardOf({ uid, title, panels }: Board) {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .tags(['waybill'])
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly();
  for (const panel of panels) builder.withPanel(panelOf(panel));
  return builder.build();
}

function panelOf({ title, description, unit, queries }: Panel): TimeseriesBuilder {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .height(SIZE.height)
    .span(SIZE.span)
    .datasource(PROMETHEUS);
  for (const [index, { expr, legend }] of queries.entries()) {
    const refId = String.fromCharCode('A'.charCodeAt(0) + index);
    panel.withTarget(new DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).exemplar(true));
  }
  return panel;
}
