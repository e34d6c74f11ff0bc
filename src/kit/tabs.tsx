/**
 * Tabs as the ARIA pattern has them: one tab stop, arrows move, the panel is named by its tab.
 */
import * as React from 'react';

/** One tab. */
export interface ITab<K extends string> {
  readonly key: K;
  readonly label: string;
  /** A small number beside the label. */
  readonly count?: number | null;
}

/** Properties of the tabs. */
export interface ITabsProps<K extends string> {
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly ITab<K>[];
  readonly current: K;
  readonly onSelect: (key: K) => void;
}

/** The row of tabs. */
export function Tabs<K extends string>(props: ITabsProps<K>): JSX.Element {
  const list = React.useRef<HTMLDivElement>(null);
  const move = (event: React.KeyboardEvent): void => {
    const at = props.tabs.findIndex(tab => tab.key === props.current);
    const last = props.tabs.length - 1;
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last
    }[event.key];
    const tab = to === undefined ? undefined : props.tabs[to];
    if (tab) {
      event.preventDefault();
      event.stopPropagation();
      props.onSelect(tab.key);
      list.current
        ?.querySelector<HTMLElement>(`[data-tab="${tab.key}"]`)
        ?.focus();
    }
  };
  return (
    <div
      className="jp-EllipLab-Kit-tabs"
      role="tablist"
      aria-label={props.label}
      ref={list}
      onKeyDown={move}
    >
      {props.tabs.map(tab => (
        <button
          key={tab.key}
          id={`${props.id}-${tab.key}`}
          role="tab"
          data-tab={tab.key}
          aria-selected={tab.key === props.current}
          aria-controls={`${props.id}-panel`}
          tabIndex={tab.key === props.current ? 0 : -1}
          onClick={() => props.onSelect(tab.key)}
        >
          {tab.label}
          {tab.count ? (
            <span className="jp-EllipLab-Kit-count">{tab.count}</span>
          ) : null}
        </button>
      ))}
    </div>
  );
}

/** Properties of the panel below the tabs. */
export interface ITabPanelProps {
  readonly id: string;
  readonly current: string;
  readonly children: React.ReactNode;
}

/** What the current tab shows. */
export function TabPanel(props: ITabPanelProps): JSX.Element {
  return (
    <div
      className="jp-EllipLab-Kit-tabpanel"
      role="tabpanel"
      id={`${props.id}-panel`}
      aria-labelledby={`${props.id}-${props.current}`}
    >
      {props.children}
    </div>
  );
}
