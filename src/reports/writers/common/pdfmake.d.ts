// The part of pdfmake 0.3 that the PDF writer uses: it comes without types. Narrow on purpose: what would load something (image, svg by
// address, attachments, link) is not declared, so that no document of ours can have it.
declare module 'pdfmake' {
  export interface Style {
    fontSize?: number;
    bold?: boolean;
    color?: string;
    fillColor?: string;
    alignment?: 'left' | 'right' | 'center';
    /** Points: left, top, right, bottom. */
    margin?: [number, number, number, number];
    lineHeight?: number;
    font?: string;
  }
  export interface Rect {
    type: 'rect';
    x: number;
    y: number;
    w: number;
    h: number;
    r?: number;
    color: string;
  }
  export interface TableNode {
    body: Content[][];
    widths?: (number | '*' | 'auto')[];
    headerRows?: number;
    keepWithHeaderRows?: number;
    dontBreakRows?: boolean;
  }
  export interface Layout {
    hLineWidth?: (row: number, node: { table: TableNode }) => number;
    vLineWidth?: (column: number, node: { table: TableNode }) => number;
    hLineColor?: (row: number) => string;
    vLineColor?: (column: number) => string;
    paddingLeft?: (column: number, node: { table: TableNode }) => number;
    paddingRight?: (column: number, node: { table: TableNode }) => number;
    paddingTop?: (row: number, node: { table: TableNode }) => number;
    paddingBottom?: (row: number, node: { table: TableNode }) => number;
  }
  export interface Content extends Style {
    text?: string | Content[];
    stack?: Content[];
    columns?: Content[];
    ul?: Content[];
    canvas?: Rect[];
    table?: TableNode;
    layout?: Layout;
    width?: number | '*' | 'auto';
    columnGap?: number;
    colSpan?: number;
    unbreakable?: boolean;
    preserveLeadingSpaces?: boolean;
    preserveTrailingSpaces?: boolean;
    headlineLevel?: number;
    outline?: boolean;
    outlineText?: string;
    outlineExpanded?: boolean;
  }
  export interface Definition {
    content: Content[];
    header?: (page: number, pages: number) => Content | null;
    footer?: (page: number, pages: number) => Content | null;
    pageBreakBefore?: (node: Content & { startPosition: { top: number } }) => boolean;
    defaultStyle: Style;
    pageSize: 'A4';
    pageMargins: [number, number, number, number];
    info: Record<string, string | Date>;
    language: string;
    displayTitle: boolean;
    version: '1.3';
    compress: boolean;
  }
  interface Pdfmake {
    virtualfs: { existsSync(name: string): boolean; writeFileSync(name: string, content: Uint8Array): void };
    setFonts(fonts: Record<string, { normal: string; bold: string }>): void;
    setUrlAccessPolicy(allow: (url: string) => boolean): void;
    setLocalAccessPolicy(allow: (path: string) => boolean): void;
    createPdf(definition: Definition): { getBuffer(): Promise<Buffer>; getStream(): Promise<unknown> };
  }
  const pdfmake: Pdfmake;
  export default pdfmake;
}
