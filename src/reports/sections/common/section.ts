import { join } from 'node:path';
import { loadPlugins } from '../../../core/plugins.js';
import type { ReportRole } from '../../../core/report-role.js';
import type { Block } from '../../blocks/block.js';
import type { PeriodFacts } from '../../periodic/facts.js';

/** A part of the periodic report: a plug-in of src/reports/sections; its file name is its id. */
export interface Section {
  /** Its place: what has a smaller number comes first. */
  order: number;
  /** For whom it is. */
  roles: readonly ReportRole[];
  /**
   * Makes blocks of what is known, the heading first; none where there is nothing to say. Reads nothing else, so that the same facts give
   * the same blocks. For a manager no count of people under five, and nothing that adds up (events, bytes).
   */
  blocks(facts: PeriodFacts): readonly Block[];
}

/** All sections by id, in their order. */
export async function allSections(): Promise<ReadonlyMap<string, Section>> {
  const sections = await loadPlugins<Section>(join(import.meta.dirname, '..'), 'section');
  return new Map([...sections].sort(([a, x], [b, y]) => x.order - y.order || (a < b ? -1 : 1)));
}
