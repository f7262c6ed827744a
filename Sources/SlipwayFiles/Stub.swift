import Yams
import TOMLKit
