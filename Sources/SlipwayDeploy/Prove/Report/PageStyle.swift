// SPDX-License-Identifier: Apache-2.0

/// How the page looks: system fonts, no image, light and dark, and on paper.
enum PageStyle {
    static let text = """
        :root{--ink:#17202a;--soft:#5b6672;--line:#dde3e9;--paper:#fff;--pass:#1a7f4b;--fail:#b42318;--skip:#6b7280;--wash:#f5f7f9;--bar:#2f6fdb;--base:#9aa7b5;color-scheme:light dark}
        @media (prefers-color-scheme:dark){:root{--ink:#e8edf2;--soft:#a3afbb;--line:#33404d;--paper:#12181f;--pass:#4cc38a;--fail:#ff8a7a;--skip:#9aa5b1;--wash:#1a222b;--bar:#6ea2ff;--base:#5d6b79}}
        *{box-sizing:border-box}
        body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
        header,main,footer{max-width:70rem;margin:0 auto;padding:1.25rem clamp(1rem,4vw,2.5rem)}
        header{border-bottom:4px solid var(--skip);padding-top:2rem}
        header.pass{border-color:var(--pass)}header.fail{border-color:var(--fail)}
        .name{margin:0;color:var(--soft);font-weight:600}
        h1{margin:.1em 0;font-size:clamp(2rem,7vw,3.2rem);line-height:1.1}
        .pass h1{color:var(--pass)}.fail h1{color:var(--fail)}
        h2{margin:2rem 0 .75rem;font-size:1.25rem}
        h3{margin:1.25rem 0 .4rem;font-size:1rem}
        dl{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:1rem 0 0}
        dt{font-size:.8rem;color:var(--soft)}dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        .proof{border-top:1px solid var(--line)}
        .head{display:grid;grid-template-columns:1.5rem minmax(0,3fr) minmax(0,2fr);gap:.25rem .75rem;padding:.6rem 0;align-items:baseline}
        summary{cursor:pointer;list-style:none}summary::-webkit-details-marker{display:none}
        summary:hover{background:var(--wash)}summary:focus-visible,pre:focus-visible{outline:2px solid var(--bar);outline-offset:2px}
        .mark{font-weight:700;text-align:center}
        .proof.pass .mark{color:var(--pass)}.proof.fail .mark{color:var(--fail)}.proof.skip .mark{color:var(--skip)}
        .proof.skip .value{color:var(--soft)}
        .code{font:600 .8rem ui-monospace,monospace;color:var(--soft)}
        .service{display:inline-block;padding:0 .45rem;border-radius:.6rem;background:var(--wash);border:1px solid var(--line);font-size:.8rem}
        .value{overflow-wrap:anywhere}.limit{display:block;font-size:.8rem;color:var(--soft)}
        pre{margin:0 0 .75rem 2.25rem;padding:.6rem .8rem;background:var(--wash);border-radius:.4rem;font-size:.8rem;white-space:pre-wrap;overflow-wrap:anywhere}
        .help{margin:0 0 .9rem 2.25rem;padding-left:.8rem;border-left:3px solid var(--fail)}
        .scroll{overflow-x:auto}svg{display:block;max-width:100%;height:auto}
        svg text{fill:var(--ink);font:13px system-ui,sans-serif}svg .soft{fill:var(--soft)}
        .box{fill:var(--wash);stroke:var(--line)}.door{stroke:var(--bar);stroke-width:2}.arrow{stroke:var(--soft);fill:none}
        .bar{fill:var(--bar)}.wait{fill:var(--base)}
        .stack{display:flex;height:1.75rem;border-radius:.3rem;overflow:hidden;background:var(--wash)}
        .stack span{min-width:2px;border-right:1px solid var(--paper);background:var(--bar)}.stack .base{background:var(--base)}
        table{border-collapse:collapse;width:100%;font-size:.85rem;margin-top:.5rem}td{padding:.15rem .6rem .15rem 0;vertical-align:top;overflow-wrap:anywhere}
        td:first-child{white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums}
        tr.base td{color:var(--soft)}
        footer{color:var(--soft);font-size:.85rem;padding-bottom:3rem}
        @media (max-width:40rem){.head{grid-template-columns:1.5rem minmax(0,1fr)}.value{grid-column:2}pre,.help{margin-left:0}}
        @media print{:root{color-scheme:light}header,main,footer{max-width:none;padding:0 0 .5rem}.proof{break-inside:avoid}details::details-content{content-visibility:visible;display:block}}
        """
}
