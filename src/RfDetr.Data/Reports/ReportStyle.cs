namespace RfDetr.Data;

/// <summary>Style sheet and script of reports: light and dark, nothing from elsewhere.</summary>
internal static class ReportStyle
{
    public const string Css =
        """
        :root{--bg:#f7f8fa;--card:#fff;--text:#1c2430;--soft:#5d6b7e;--line:#dde2e9;
          --c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#b5548f;--c4:#b98200;--c5:#3a9bdc;--c6:#6f52b5;--c7:#7d6608;
          --heat:0,114,178}
        @media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--text:#e6ebf2;--soft:#9aa7b8;--line:#303947;
          --c0:#56b4e9;--c1:#ff8f4a;--c2:#2fcf9f;--c3:#e58fc2;--c4:#f0b93a;--c5:#8fd0ff;--c6:#b39bf0;--c7:#d6c04f;
          --heat:86,180,233}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--text);
          font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:1120px;margin:0 auto;padding:28px 20px 60px}
        h1{font-size:26px;margin:0 0 4px}
        h2{font-size:19px;margin:40px 0 12px}
        h3{font-size:15px;margin:24px 0 8px}
        p{margin:4px 0 10px}
        .soft{color:var(--soft)}
        .warn{border-left:4px solid var(--c1);padding:4px 12px;background:var(--card)}
        .facts{display:flex;flex-wrap:wrap;gap:2px 22px;color:var(--soft);font-size:13px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(118px,1fr));gap:10px;margin:14px 0}
        .tile,.card,.chart{background:var(--card);border:1px solid var(--line);border-radius:8px}
        .tile{padding:10px 14px}
        .tile b{display:block;font-size:23px;font-variant-numeric:tabular-nums}
        .tile span{color:var(--soft);font-size:12.5px}
        .grid2{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(430px,100%),1fr));gap:14px}
        .chart{margin:0;padding:12px 12px 10px}
        .chart figcaption{font-weight:600;font-size:13.5px;margin:0 0 6px 4px}
        .chart svg{display:block;width:100%;height:auto}
        .chart .grid{stroke:var(--line);stroke-width:1;fill:none}
        .chart .axis{stroke:var(--soft);stroke-width:1;fill:none}
        .chart .tick,.chart .note{fill:var(--soft);font-size:11px;font-family:inherit}
        .chart .name{fill:var(--text);font-size:12px;font-family:inherit}
        .chart .note{fill:var(--text)}
        .chart .marker{stroke:var(--soft);stroke-dasharray:4 3;fill:none}
        .chart .level{stroke:var(--c);stroke-width:1.5;stroke-dasharray:5 4;fill:none}
        .chart+.chart,.chart+.card,.card+.chart{margin-top:14px}
        .grid2>.chart{margin-top:0}
        .line{fill:none;stroke:var(--c);stroke-width:1.8;stroke-linejoin:round}
        .strong{stroke-width:2.8}
        .pale{stroke-width:1.1;opacity:.65}
        .dot{fill:var(--c)}
        .many{fill-opacity:.6}
        .hidden{fill:transparent}
        .legend{display:flex;flex-wrap:wrap;gap:2px 14px;margin:6px 4px 0;font-size:12px;color:var(--soft)}
        .key::before{content:"";display:inline-block;width:14px;height:3px;margin:0 5px 4px 0;border-radius:2px;
          background:var(--c)}
        .c0{--c:var(--c0)}.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}
        .c5{--c:var(--c5)}.c6{--c:var(--c6)}.c7{--c:var(--c7)}.cs{--c:var(--soft)}
        .card{padding:6px 12px 10px;overflow-x:auto}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13.5px}
        th,td{padding:5px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        th:first-child,td:first-child{text-align:left}
        tr:last-child td{border-bottom:0}
        th{color:var(--soft);font-weight:600}
        table.sortable th{cursor:pointer}
        td.text,th.text{text-align:left;white-space:normal;overflow-wrap:anywhere}
        .wide{width:100%}
        .bar{display:inline-block;width:74px;height:7px;margin-right:8px;border-radius:4px;background:var(--line);
          vertical-align:1px}
        .bar i{display:block;height:7px;border-radius:4px;background:var(--c0)}
        .matrix td,.matrix th{text-align:center;padding:4px 7px;border:1px solid var(--bg)}
        .matrix th:first-child{text-align:right}
        .matrix thead th{vertical-align:bottom}
        .matrix thead th span{display:inline-block;max-width:7em;overflow:hidden;text-overflow:ellipsis}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:8px;margin:0 0 18px}
        .pair figure{margin:0}
        .pair img{display:block;width:100%;border-radius:6px;border:1px solid var(--line)}
        .pair figcaption{font-size:12.5px;color:var(--soft);margin:3px 2px;overflow-wrap:anywhere}
        @media print{body{background:#fff}.chart,.pair{break-inside:avoid}}
        """;

    /// <summary>Sorts a table by the column whose heading is clicked; without it the report only stands still.</summary>
    public const string Script =
        """
        document.querySelectorAll('table.sortable th').forEach(th=>th.addEventListener('click',()=>{
          const body=th.closest('table').tBodies[0],at=th.cellIndex,down=th.dataset.down!=='1';
          const value=row=>{const t=row.cells[at].dataset.value??row.cells[at].textContent;return Number.isFinite(+t)?+t:t};
          th.dataset.down=down?'1':'0';
          const order=(a,b)=>{const x=value(a),y=value(b);return (x<y?-1:x>y?1:0)*(down?-1:1)};
          [...body.rows].sort(order).forEach(r=>body.append(r))}));
        """;
}
