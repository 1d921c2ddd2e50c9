//! The fictional district as data: waters, stations and what distinguishes each site in the simulation, river chiefs.
//! Every name carries 示例; targets and limit tables are of the kinds that stand in Tianjin's lists.

use lanbi_model::{ChiefLevel, Parameter, WaterBody};

/// Name of the district.
pub(super) const AREA: &str = "示例区";

/// Waters.
const RIVER: &str = "示例河";
const DRAIN: &str = "示例排水河";
const CANAL: &str = "示例新河";
const LAKE: &str = "示例湖";
const EAST_DITCH: &str = "示例东沟";
const WEST_DITCH: &str = "示例西沟";
const VILLAGE_DITCH: &str = "示例村沟";

/// An air station: factors on the regional concentrations.
pub(super) struct AirSite {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// On fine particles.
    pub(super) fine: f64,
    /// On coarse particles.
    pub(super) coarse: f64,
    /// On the products of traffic.
    pub(super) traffic: f64,
}

const fn air(id: &'static str, name: &'static str, fine: f64, coarse: f64, traffic: f64) -> AirSite {
    AirSite { id, name, fine, coarse, traffic }
}

/// The air stations.
pub(super) const AIR: [AirSite; 8] = [
    air("air-01", "示例区政府", 1.00, 0.95, 1.05),
    air("air-02", "示例公园", 0.92, 0.85, 0.82),
    air("air-03", "示例东路", 1.06, 1.12, 1.25),
    air("air-04", "示例中学", 0.98, 0.96, 1.00),
    air("air-05", "示例工业园", 1.09, 1.20, 1.10),
    air("air-06", "示例新城", 0.96, 1.08, 0.95),
    air("air-07", "示例机场路", 1.03, 1.02, 1.12),
    air("air-08", "示例湿地", 0.90, 0.82, 0.70),
];

/// What the air stations measure: six pollutants and weather.
pub(super) const AIR_PARAMETERS: [Parameter; 12] = [
    Parameter::Pm25,
    Parameter::Pm10,
    Parameter::So2,
    Parameter::No2,
    Parameter::Co,
    Parameter::O3,
    Parameter::AirTemperature,
    Parameter::Humidity,
    Parameter::AirPressure,
    Parameter::WindSpeed,
    Parameter::WindDirection,
    Parameter::Rain,
];

/// A water section: its usual quality in dry weather at middling temperature.
pub(super) struct SectionSite {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) water: &'static str,
    pub(super) body: WaterBody,
    pub(super) target: u8,
    /// Permanganate index, mg/L.
    pub(super) codmn: f64,
    /// Ammonia nitrogen, mg/L.
    pub(super) nh3n: f64,
    /// Total phosphorus, mg/L.
    pub(super) tp: f64,
    /// Total nitrogen, mg/L.
    pub(super) tn: f64,
    /// Conductivity, µS/cm.
    pub(super) conductivity: f64,
    /// Turbidity, NTU.
    pub(super) turbidity: f64,
    /// Dissolved oxygen as a share of saturation, without algae.
    pub(super) oxygen: f64,
    /// Strength of algae in summer: share of saturation they add in the afternoon.
    pub(super) algae: f64,
    /// The section above on the same river.
    pub(super) above: Option<&'static str>,
    /// Flow at the section, m³/h.
    pub(super) flow: f64,
}

/// The sections: two on each of three rivers, and one point on a lake.
pub(super) const SECTIONS: [SectionSite; 7] = [
    SectionSite {
        id: "sec-01",
        name: "示例河上游断面",
        water: RIVER,
        body: WaterBody::River,
        target: 3,
        codmn: 4.2,
        nh3n: 0.38,
        tp: 0.09,
        tn: 2.3,
        conductivity: 860.0,
        turbidity: 14.0,
        oxygen: 0.92,
        algae: 0.12,
        above: None,
        flow: 1400.0,
    },
    SectionSite {
        id: "sec-02",
        name: "示例河出区断面",
        water: RIVER,
        body: WaterBody::River,
        target: 4,
        codmn: 5.3,
        nh3n: 0.62,
        tp: 0.15,
        tn: 4.2,
        conductivity: 1080.0,
        turbidity: 18.0,
        oxygen: 0.84,
        algae: 0.14,
        above: Some("sec-01"),
        flow: 1900.0,
    },
    SectionSite {
        id: "sec-03",
        name: "示例排水河上游断面",
        water: DRAIN,
        body: WaterBody::River,
        target: 5,
        codmn: 7.6,
        nh3n: 0.95,
        tp: 0.22,
        tn: 5.6,
        conductivity: 1850.0,
        turbidity: 26.0,
        oxygen: 0.70,
        algae: 0.18,
        above: None,
        flow: 1500.0,
    },
    SectionSite {
        id: "sec-04",
        name: "示例排水河泵站断面",
        water: DRAIN,
        body: WaterBody::River,
        target: 5,
        codmn: 8.3,
        nh3n: 1.15,
        tp: 0.26,
        tn: 6.3,
        conductivity: 2050.0,
        turbidity: 30.0,
        oxygen: 0.65,
        algae: 0.20,
        above: Some("sec-03"),
        flow: 2600.0,
    },
    SectionSite {
        id: "sec-05",
        name: "示例新河入区断面",
        water: CANAL,
        body: WaterBody::River,
        target: 4,
        codmn: 5.6,
        nh3n: 0.50,
        tp: 0.13,
        tn: 3.1,
        conductivity: 1250.0,
        turbidity: 20.0,
        oxygen: 0.86,
        algae: 0.15,
        above: None,
        flow: 1200.0,
    },
    SectionSite {
        id: "sec-06",
        name: "示例新河大桥断面",
        water: CANAL,
        body: WaterBody::River,
        target: 4,
        codmn: 6.2,
        nh3n: 0.68,
        tp: 0.17,
        tn: 3.6,
        conductivity: 1320.0,
        turbidity: 22.0,
        oxygen: 0.82,
        algae: 0.16,
        above: Some("sec-05"),
        flow: 1400.0,
    },
    SectionSite {
        id: "sec-07",
        name: "示例湖湖心",
        water: LAKE,
        body: WaterBody::Lake,
        target: 4,
        codmn: 6.4,
        nh3n: 0.22,
        tp: 0.065,
        tn: 1.15,
        conductivity: 1450.0,
        turbidity: 12.0,
        oxygen: 0.94,
        algae: 0.34,
        above: None,
        flow: 600.0,
    },
];

/// What the automatic sections measure: 地表水自动站 nine items.
pub(super) const SECTION_PARAMETERS: [Parameter; 9] = [
    Parameter::WaterTemperature,
    Parameter::Ph,
    Parameter::DissolvedOxygen,
    Parameter::Conductivity,
    Parameter::Turbidity,
    Parameter::CodMn,
    Parameter::Nh3n,
    Parameter::Tp,
    Parameter::Tn,
];

/// A discharge outlet: its usual effluent.
pub(super) struct OutletSite {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) limits: &'static str,
    pub(super) water: &'static str,
    pub(super) below: &'static str,
    /// m³/h.
    pub(super) flow: f64,
    /// mg/L.
    pub(super) cod: f64,
    /// mg/L, in warm water.
    pub(super) nh3n: f64,
    /// mg/L.
    pub(super) tn: f64,
    /// mg/L.
    pub(super) tp: f64,
}

/// The outlets.
pub(super) const OUTLETS: [OutletSite; 4] = [
    OutletSite {
        id: "out-01",
        name: "示例第一污水处理厂排污口",
        limits: "DB12-599-2015/A",
        water: RIVER,
        below: "sec-02",
        flow: 1250.0,
        cod: 19.0,
        nh3n: 0.55,
        tn: 7.6,
        tp: 0.17,
    },
    OutletSite {
        id: "out-02",
        name: "示例产业园污水处理厂排污口",
        limits: "DB12-599-2015/B",
        water: DRAIN,
        below: "sec-04",
        flow: 260.0,
        cod: 26.0,
        nh3n: 0.70,
        tn: 10.2,
        tp: 0.24,
    },
    OutletSite {
        id: "out-03",
        name: "示例镇污水处理站排污口",
        limits: "GB18918-2002/1A",
        water: CANAL,
        below: "sec-06",
        flow: 70.0,
        cod: 31.0,
        nh3n: 1.35,
        tn: 10.8,
        tp: 0.29,
    },
    OutletSite {
        id: "out-04",
        name: "示例第二污水处理厂排污口",
        limits: "DB12-599-2015/A",
        water: DRAIN,
        below: "sec-04",
        flow: 820.0,
        cod: 18.0,
        nh3n: 0.48,
        tn: 7.2,
        tp: 0.16,
    },
];

/// What the outlets measure.
pub(super) const OUTLET_PARAMETERS: [Parameter; 6] =
    [Parameter::Flow, Parameter::Ph, Parameter::Cod, Parameter::Nh3n, Parameter::Tn, Parameter::Tp];

/// A water on the black-odorous list.
pub(super) struct DitchSite {
    pub(super) id: &'static str,
    pub(super) water: &'static str,
    pub(super) rural: bool,
    pub(super) below: &'static str,
    /// Usual depth, cm.
    pub(super) depth: f64,
    /// Foulness (see `ditch`) at the start of the period and after its treatment.
    pub(super) foul: (f64, f64),
}

/// The ditches: one good throughout, one treated during the period, one treated before it.
pub(super) const DITCHES: [DitchSite; 3] = [
    DitchSite {
        id: "ditch-01",
        water: VILLAGE_DITCH,
        rural: true,
        below: "sec-06",
        depth: 85.0,
        foul: (0.12, 0.12),
    },
    DitchSite {
        id: "ditch-02",
        water: EAST_DITCH,
        rural: false,
        below: "sec-04",
        depth: 110.0,
        foul: (1.25, 0.30),
    },
    DitchSite {
        id: "ditch-03",
        water: WEST_DITCH,
        rural: false,
        below: "sec-04",
        depth: 120.0,
        foul: (0.25, 0.25),
    },
];

/// What is measured at the ditches.
pub(super) const DITCH_PARAMETERS: [Parameter; 5] = [
    Parameter::Transparency,
    Parameter::DissolvedOxygen,
    Parameter::Orp,
    Parameter::Nh3n,
    Parameter::WaterDepth,
];

/// River chiefs: id, name, level, town, waters.
pub(super) const CHIEFS: [(&str, &str, ChiefLevel, &str, &[&str]); 5] = [
    ("chief-district", "示例区总河长", ChiefLevel::District, "", &[RIVER, DRAIN, CANAL, LAKE]),
    ("chief-town-east", "示例东镇河长", ChiefLevel::Town, "示例东镇", &[DRAIN, EAST_DITCH, WEST_DITCH]),
    ("chief-town-west", "示例西街河长", ChiefLevel::Town, "示例西街", &[RIVER, LAKE]),
    ("chief-village-1", "示例一村河长", ChiefLevel::Village, "示例南镇", &[CANAL, VILLAGE_DITCH]),
    ("chief-village-2", "示例二村河长", ChiefLevel::Village, "示例东镇", &[EAST_DITCH, WEST_DITCH]),
];
