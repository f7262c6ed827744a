// SPDX-License-Identifier: Apache-2.0

/// Words with which a text gives a program the variables of a file itself.
enum LoadedSettings {
    static let words = ["set -a", "source .env", ". ./.env", "export $(", "--env-file", "direnv"]
}
