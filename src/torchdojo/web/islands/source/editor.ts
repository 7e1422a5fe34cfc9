// The code editor: Python, four spaces, find, undo; Escape then Tab leaves it.

import { indentWithTab } from "@codemirror/commands";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { python } from "@codemirror/lang-python";
import { Compartment, EditorState, type Extension, Prec, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass, type KeyBinding, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.bool, tags.null], color: "var(--code-keyword)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.meta], color: "var(--code-name)" },
  { tag: [tags.definition(tags.className), tags.className, tags.standard(tags.variableName)], color: "var(--code-type)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "var(--paper)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none", boxShadow: "inset 0 2px var(--focus)" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--accent)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--ink-soft)", border: "none", paddingLeft: "4px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-selectionMatch": { backgroundColor: "var(--good-ground)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--unsure-ground)", outline: "1px solid var(--line-strong)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 10px", fontFamily: "Inter, sans-serif" },
  ".cm-textfield": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "6px", padding: "3px 8px" },
  ".cm-button": { background: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "6px", padding: "3px 10px" },
  ".cm-searchMatch": { backgroundColor: "var(--unsure-ground)", outline: "1px solid var(--unsure)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--selection)" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px", overflow: "hidden" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--selection)", color: "var(--ink)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", border: "1px solid var(--line)", color: "var(--ink-soft)" },
  ".cm-lineNumbers .cm-marked": { color: "var(--accent)", fontWeight: "700", boxShadow: "inset 3px 0 var(--accent-fill)" },
  ".cm-pointed": { backgroundColor: "var(--unsure-ground)", boxShadow: "inset 3px 0 var(--unsure)" },
});

const point = StateEffect.define<number | null>();

// The line that a verdict points at stays marked until the text changes.
const pointed = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(point)) continue;
      next = effect.value === null ? Decoration.none : Decoration.set([Decoration.line({ class: "cm-pointed" }).range(effect.value)]);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const markLines = StateEffect.define<number[]>();
const lineMark = new (class extends GutterMarker {
  override elementClass = "cm-marked";
})();

// Lines that are marked as suspects, in the gutter; they move with the text.
const marked = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(markLines)) continue;
      const starts = effect.value
        .filter((line) => line >= 1 && line <= transaction.state.doc.lines)
        .map((line) => transaction.state.doc.line(line).from);
      next = RangeSet.of([...new Set(starts)].sort((a, b) => a - b).map((from) => lineMark.range(from)));
    }
    return next;
  },
  provide: (field) => gutterLineClass.from(field),
});

export interface CodeEditor {
  text(): string;
  replace(text: string): void;
  // Another text, and the place in it to look at; what stays the same stays where it is on the screen.
  show(text: string, at: number | null): void;
  goTo(line: number): void;
  focus(): void;
  line(): number;
  mark(lines: number[]): void;
  // From now on the text can be read and not changed.
  lock(): void;
}

interface Options {
  text: string;
  filename: string;
  onChange: () => void;
  onRun: () => void;
  // The cursor is on another line, by hand, by keyboard or by a click on a line number.
  onLine?: (line: number) => void;
  onMark?: () => void;
  readOnly?: boolean;
  // Ties the text to one that others edit, too; undo then has keys of its own.
  shared?: Extension[];
  keys?: readonly KeyBinding[];
  // What is typed or pasted is refused when it is larger at once, or makes the whole text longer.
  most?: { bytes: number; characters: number; refused: () => void };
}

export function createEditor(parent: HTMLElement, options: Options): CodeEditor {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  const run = () => {
    options.onRun();
    return true;
  };
  const suspect = () => {
    options.onMark?.();
    return options.onMark !== undefined;
  };
  const choose = (view: EditorView, from: number) => {
    view.dispatch({ selection: { anchor: from } });
    view.focus();
    return true;
  };
  parent.textContent = "";
  const locking = new Compartment();
  const locked = [EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ tabindex: "0" })];
  const { most } = options;
  const limit = most
    ? EditorState.changeFilter.of((transaction) => {
        if (!transaction.isUserEvent("input")) return true;
        let added = 0;
        transaction.changes.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => (added += new Blob([inserted.toString()]).size));
        const fits = added <= most.bytes && transaction.changes.newLength <= most.characters;
        if (!fits) most.refused();
        return fits;
      })
    : [];
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Alt-m", run: suspect }])),
        lineNumbers({ domEventHandlers: { mousedown: (view, line) => choose(view, line.from) } }),
        options.keys ? Prec.highest(keymap.of([...options.keys])) : [],
        basicSetup,
        options.shared ?? [],
        limit,
        locking.of(options.readOnly ? locked : []),
        keymap.of([indentWithTab]),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        python(),
        syntaxHighlighting(colours),
        look,
        pointed,
        marked,
        // On a narrow screen a line that runs off it cannot be read.
        matchMedia("(max-width: 60rem)").matches ? EditorView.lineWrapping : [],
        EditorView.contentAttributes.of({
          "aria-label": `${options.filename}, code editor. Escape, then Tab leaves it.`,
          spellcheck: "false",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange();
          if (update.selectionSet || update.docChanged) options.onLine?.(lineOf(update.state));
        }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    replace(text) {
      // One ordinary edit, so that undo brings the text from before back.
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
    },
    show(text, at) {
      const before = view.state.doc.toString();
      const now = text.replace(/\r\n?/g, "\n");
      let from = 0;
      while (from < before.length && before[from] === now[from]) from += 1;
      let same = 0;
      while (same < Math.min(before.length, now.length) - from && before.at(-1 - same) === now.at(-1 - same)) same += 1;
      const start = at === null ? null : now.lastIndexOf("\n", Math.min(at, now.length) - 1) + 1;
      view.dispatch({
        changes: { from, to: before.length - same, insert: now.slice(from, now.length - same) },
        effects: start === null ? [point.of(null)] : [point.of(start), EditorView.scrollIntoView(start, { y: "nearest", yMargin: 60 })],
      });
    },
    goTo(line) {
      const found = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({
        selection: { anchor: found.from },
        effects: [point.of(found.from), EditorView.scrollIntoView(found.from, { y: "center" })],
      });
      view.focus();
    },
    focus: () => view.focus(),
    line: () => lineOf(view.state),
    lock: () => view.dispatch({ effects: locking.reconfigure(locked) }),
    mark: (lines) => view.dispatch({ effects: markLines.of(lines) }),
  };
}

function lineOf(state: EditorState): number {
  return state.doc.lineAt(state.selection.main.head).number;
}
