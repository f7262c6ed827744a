// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The port in `config/puma.rb`: `port ENV.fetch("PORT") { 3000 }` or `bind "tcp://0.0.0.0:9292"`.
struct PumaListening {
    let port: UInt16
    let file: String
    let line: Int

    init?(_ tree: SourceTree, directory: String) {
        for name in ["config/puma.rb", "puma.rb", "config/puma/production.rb"] {
            let path = directory.appending(path: name)
            guard let text = tree.text(path) else { continue }
            for line in CodeLine.lines(of: CodeBase.File(path: path, text: text)) {
                let isPort =
                    line.text.hasPrefix("port ") || line.text.hasPrefix("port(") || line.text.hasPrefix("port=")
                let isBind = line.text.hasPrefix("bind ") && line.text.has("tcp://")
                guard isPort || isBind,
                    let number = line.text.split(whereSeparator: { !$0.isNumber }).lazy.compactMap({ UInt16($0) })
                        .last(where: { $0 >= 80 })
                else { continue }
                (port, file, self.line) = (number, path, line.number)
                return
            }
        }
        return nil
    }
}
