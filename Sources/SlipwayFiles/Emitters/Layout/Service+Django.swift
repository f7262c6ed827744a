// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Service {
    /// How Django's commands are run in the service's folder, as its migrations are: `python -m src.manage` where
    /// `manage.py` lies below.
    var manageCommand: String {
        let words = (release ?? "").split(separator: " ")
        guard let end = words.firstIndex(of: "migrate"), let start = words[..<end].lastIndex(of: "python"),
            end - start == 3, words[start + 1] == "-m", words[start + 2].hasSuffix("manage")
        else { return "python manage.py" }
        return words[start..<end].joined(separator: " ")
    }
}
