//! What is measured. HJ 212 codes, column names and sensor spellings are translated to these at the border.

use crate::Unit;

/// What a parameter is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Medium {
    /// Pollutants of the ambient air.
    Air,
    /// Weather at an air station.
    Weather,
    /// Surface or waste water.
    Water,
}

macro_rules! parameters {
    ($($variant:ident $key:literal $symbol:literal $zh:literal $unit:ident $medium:ident $decimals:literal)+) => {
        /// A measured quantity. The unit is fixed: sources are converted when they are decoded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Parameter { $(#[doc = $zh] $variant),+ }

        impl Parameter {
            /// Every parameter, in a fixed order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Stable key: the column name of the command line, the key in files and in the store.
            #[must_use]
            pub const fn key(self) -> &'static str { match self { $(Self::$variant => $key),+ } }

            /// Symbol for tables and charts, such as `PM2.5`.
            #[must_use]
            pub const fn symbol(self) -> &'static str { match self { $(Self::$variant => $symbol),+ } }

            /// Chinese name as in the standards.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(Self::$variant => $zh),+ } }

            /// Unit of every stored value.
            #[must_use]
            pub const fn unit(self) -> Unit { match self { $(Self::$variant => Unit::$unit),+ } }

            /// Medium.
            #[must_use]
            pub const fn medium(self) -> Medium { match self { $(Self::$variant => Medium::$medium),+ } }

            /// Decimals printed for a single value (not a rounding rule of a standard).
            #[must_use]
            pub const fn decimals(self) -> u32 { match self { $(Self::$variant => $decimals),+ } }

            /// Finds a parameter by its key.
            #[must_use]
            pub fn from_key(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

parameters! {
    Pm25            "pm25"          "PM2.5"     "细颗粒物"          MicrogramPerCubicMetre  Air     0
    Pm10            "pm10"          "PM10"      "可吸入颗粒物"      MicrogramPerCubicMetre  Air     0
    So2             "so2"           "SO2"       "二氧化硫"          MicrogramPerCubicMetre  Air     0
    No2             "no2"           "NO2"       "二氧化氮"          MicrogramPerCubicMetre  Air     0
    Co              "co"            "CO"        "一氧化碳"          MilligramPerCubicMetre  Air     1
    O3              "o3"            "O3"        "臭氧"              MicrogramPerCubicMetre  Air     0
    O3EightHour     "o3_8h"         "O3-8h"     "臭氧8小时滑动平均" MicrogramPerCubicMetre  Air     0
    AirTemperature  "air_temp"      "T"         "气温"              Celsius                 Weather 1
    Humidity        "humidity"      "RH"        "相对湿度"          Percent                 Weather 0
    AirPressure     "pressure"      "P"         "气压"              Hectopascal             Weather 1
    WindSpeed       "wind_speed"    "WS"        "风速"              MetrePerSecond          Weather 1
    WindDirection   "wind_dir"      "WD"        "风向"              Degree                  Weather 0
    Rain            "rain"          "R"         "降水量"            Millimetre              Weather 1
    WaterTemperature "temp"         "水温"      "水温"              Celsius                 Water   1
    Ph              "ph"            "pH"        "pH值"              PhUnit                  Water   2
    DissolvedOxygen "do"            "DO"        "溶解氧"            MilligramPerLitre       Water   2
    Conductivity    "conductivity"  "EC"        "电导率"            MicrosiemensPerCentimetre Water 1
    Turbidity       "turbidity"     "TUB"       "浊度"              Ntu                     Water   1
    CodMn           "codmn"         "CODMn"     "高锰酸盐指数"      MilligramPerLitre       Water   2
    Cod             "cod"           "COD"       "化学需氧量"        MilligramPerLitre       Water   1
    Bod5            "bod5"          "BOD5"      "五日生化需氧量"    MilligramPerLitre       Water   1
    Nh3n            "nh3n"          "NH3-N"     "氨氮"              MilligramPerLitre       Water   3
    Tp              "tp"            "TP"        "总磷"              MilligramPerLitre       Water   3
    Tn              "tn"            "TN"        "总氮"              MilligramPerLitre       Water   2
    Copper          "cu"            "Cu"        "铜"                MilligramPerLitre       Water   3
    Zinc            "zn"            "Zn"        "锌"                MilligramPerLitre       Water   3
    Fluoride        "f"             "F"         "氟化物"            MilligramPerLitre       Water   3
    Selenium        "se"            "Se"        "硒"                MilligramPerLitre       Water   4
    Arsenic         "as"            "As"        "砷"                MilligramPerLitre       Water   4
    Mercury         "hg"            "Hg"        "汞"                MilligramPerLitre       Water   6
    Cadmium         "cd"            "Cd"        "镉"                MilligramPerLitre       Water   5
    ChromiumSix     "cr6"           "Cr6+"      "铬(六价)"          MilligramPerLitre       Water   3
    Lead            "pb"            "Pb"        "铅"                MilligramPerLitre       Water   3
    Cyanide         "cn"            "CN"        "氰化物"            MilligramPerLitre       Water   3
    VolatilePhenol  "phenol"        "挥发酚"    "挥发酚"            MilligramPerLitre       Water   4
    Oil             "oil"           "石油类"    "石油类"            MilligramPerLitre       Water   2
    Surfactant      "las"           "LAS"       "阴离子表面活性剂"  MilligramPerLitre       Water   2
    Sulfide         "s"             "S"         "硫化物"            MilligramPerLitre       Water   3
    SuspendedSolids "ss"            "SS"        "悬浮物"            MilligramPerLitre       Water   0
    ChlorophyllA    "chla"          "Chl-a"     "叶绿素a"           MicrogramPerLitre       Water   1
    AlgaeDensity    "algae"         "藻密度"    "藻密度"            CellsPerLitre           Water   0
    Transparency    "transparency"  "SD"        "透明度"            Centimetre              Water   1
    Orp             "orp"           "ORP"       "氧化还原电位"      Millivolt               Water   0
    WaterDepth      "depth"         "水深"      "水深"              Centimetre              Water   0
    Flow            "flow"          "Q"         "流量"              CubicMetrePerHour       Water   1
}

impl Parameter {
    /// The six pollutants of the AQI, in the order of the command line (HJ 633, Table 3 in the project's order).
    pub const AQI: [Self; 6] = [Self::Pm25, Self::Pm10, Self::So2, Self::No2, Self::Co, Self::O3];

    /// The same for a day: ozone by its daily maximum 8-hour mean.
    pub const AQI_DAY: [Self; 6] =
        [Self::Pm25, Self::Pm10, Self::So2, Self::No2, Self::Co, Self::O3EightHour];

    /// Whether the quantity can be below zero in nature.
    #[must_use]
    pub const fn may_be_negative(self) -> bool {
        matches!(self, Self::AirTemperature | Self::WaterTemperature | Self::Orp | Self::Flow)
    }
}

impl std::fmt::Display for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_read_back() {
        for (i, &parameter) in Parameter::ALL.iter().enumerate() {
            assert_eq!(Parameter::from_key(parameter.key()), Some(parameter));
            assert!(Parameter::ALL[i + 1..].iter().all(|p| p.key() != parameter.key()), "{parameter} twice");
        }
        assert_eq!(Parameter::from_key("ozone"), None);
    }
}
