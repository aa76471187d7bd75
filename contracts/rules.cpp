#include "contracts/rules.h"

namespace kanhe::contracts {
namespace {

using enum RuleLevel;

constexpr bool unconfirmed = true;

constexpr Rule table[] = {
    {1, block, "不动产单元代码符合规则且唯一，单元未注销、未分割合并", "the unit number is well-formed and unique, and the unit is open",
     "不动产登记暂行条例第八条", "Interim Regulations on Real Estate Registration, art. 8",
     "核对不动产单元代码；已分割或合并的，用新单元办理", "check the unit number; of a split or merged unit use the new ones"},
    {2, block, "申请人是登记的权利人，或法院、继承人、代理人", "the applicant is the registered holder, or a court, heir or agent",
     "不动产登记暂行条例第十四条、第十六条", "Interim Regulations, arts. 14 and 16",
     "由权利人申请，或提交代理、继承、法院文书", "let the holder apply, or show mandate, inheritance or ruling"},
    {3, block, "双方共同申请，法定单方申请的除外", "both sides apply together, unless the law lets one apply alone",
     "不动产登记暂行条例第十四条", "Interim Regulations, art. 14", "请另一方一并申请", "let the other side join"},
    {4, block, "按份共有的处分须占份额三分之二以上的共有人同意，共同共有须全体同意，另有约定的除外",
     "co-owners by shares dispose with two thirds of the shares, joint ones together, unless agreed otherwise",
     "民法典第三百零一条", "Civil Code, art. 301", "取得其他共有人的书面同意", "get the other co-owners' written consent"},
    {5, statement, "向外人转让份额的，通知其他共有人，其在通知载明的期间（不少于十五日）内有优先购买权",
     "who sells a share to an outsider tells the co-owners, who may buy first within the time stated, 15 days or more",
     "民法典第三百零五条、第三百零六条；物权编解释（一）第九条至第十三条",
     "Civil Code, arts. 305 and 306; Interpretation (1) on Real Rights, arts. 9 to 13",
     "提交通知及期满证明，或其他共有人的放弃声明", "show the notices and that the time is over, or the co-owners' waivers"},
    {6, information, "没有约定的，除家庭关系外视为按份共有；份额按出资额，不能确定的视为等额",
     "where no form is stated, shares are presumed, but in a family; no share stated: by contribution, else equal",
     "民法典第三百零八条、第三百零九条", "Civil Code, arts. 308 and 309", "写明共有方式和份额", "state form and shares"},
    {7, block, "查封期间不办理转移、抵押登记", "while a seizure is active there is no transfer and no mortgage",
     "民法典第三百九十九条第五项；上海市不动产登记若干规定第十六条第五项",
     "Civil Code, art. 399 (5); Shanghai Provisions, art. 16 (5)",
     "向查封机关申请解除查封", "have the seizure lifted by the authority that made it"},
    {8, timer, "查封不动产的期限不超过三年，可以续封，逾期未续封的查封效力消灭",
     "a seizure lasts three years at most, can be renewed, and ends by itself",
     "民事诉讼法解释第四百八十五条；查封、扣押、冻结财产规定第二十七条",
     "Interpretation on Civil Procedure, art. 485; Provisions on Seizure, art. 27",
     "缩短期限，届满前可以续封", "take a shorter term; it can be renewed before it ends"},
    {9, automatic, "轮候查封：先送达的生效，解除后登记在先的轮候查封自动生效",
     "of several seizures the one delivered first is active; when it is lifted the next becomes active by itself",
     "查封、扣押、冻结财产规定第二十六条", "Provisions on Seizure, art. 26", "", ""},
    {10, block, "受理后登簿前送达的查封通知，停止办理并执行查封；登簿后送达的，不再查封",
     "a notice delivered between acceptance and entry stops the transfer; after the entry there is nothing to seize",
     "查封、扣押、冻结财产规定第二十三条第一款", "Provisions on Seizure, art. 23 (1)",
     "登簿后由法院向现权利人主张", "after the entry the court turns to the new holder"},
    {11, automatic, "先送达的法院过户通知优先于后送达的查封", "a court's transfer notice goes before a seizure that was delivered later",
     "查封、扣押、冻结财产规定第二十三条第二款", "Provisions on Seizure, art. 23 (2)",
     "送达在先的查封解除后再过户", "let the seizure that was delivered before be lifted first"},
    {12, automatic, "查封地上建筑物的效力及于土地使用权，反之亦然，权利人不同的除外",
     "seizing a building covers its land use right and the reverse, unless the holders differ",
     "查封、扣押、冻结财产规定第二十一条", "Provisions on Seizure, art. 21",
     "向查封机关申请解除查封", "have the seizure lifted by the authority that made it"},
    {13, block, "预告登记有效期间，未经预告登记权利人书面同意，不办理处分登记",
     "while an advance notice stands, a disposal needs its holder's written consent",
     "民法典第二百二十一条；物权编解释（一）第四条；上海市不动产登记若干规定第三十二条第三款",
     "Civil Code, art. 221; Interpretation (1) on Real Rights, art. 4; Shanghai Provisions, art. 32 (3)",
     "取得预告登记权利人的书面同意", "get the written consent of the notice's holder"},
    {14, timer, "债权消灭，或自能够登记之日起九十日内未申请的，预告登记失效",
     "an advance notice lapses with its claim, or 90 days after registration became possible without an application",
     "民法典第二百二十一条第二款", "Civil Code, art. 221 (2)", "", ""},
    {15, automatic, "抵押预告登记转为抵押登记，建筑物已首次登记且预告登记有效的，顺位自预告登记之日起算",
     "a mortgage's advance notice becomes the mortgage, with the notice's rank if the building is registered",
     "担保制度解释第五十二条", "Interpretation on Security, art. 52",
     "核对预告登记的编号和抵押权人", "compare the notice's number and its mortgagee"},
    {16, timer, "申请人自异议登记之日起十五日内不起诉的，异议登记失效",
     "an objection lapses after 15 days without a lawsuit", "民法典第二百二十条", "Civil Code, art. 220", "", ""},
    {17, statement, "有异议登记的，书面告知申请人，申请人书面承诺知悉并自担风险后继续办理",
     "where an objection stands, the applicant declares in writing that they know it and bear the risk",
     "不动产登记暂行条例实施细则第八十四条", "Implementing Rules, art. 84",
     "提交知悉并自担风险的书面承诺，或等异议登记失效", "declare that you know and bear the risk, or wait until it lapses", unconfirmed},
    {18, statement, "抵押期间可以转让，抵押权不受影响，应当通知抵押权人",
     "mortgaged property may be transferred; the mortgage follows, and its holder is told",
     "民法典第四百零六条", "Civil Code, art. 406", "声明知悉抵押权存续，并通知抵押权人", "declare that the mortgage stays, and tell its holder"},
    {19, block, "登记有禁止或限制转让约定的，须抵押权人参加或同意，或受让人代为清偿",
     "where a ban on transfer is registered, the mortgagee joins or consents, or the buyer pays off the debt",
     "担保制度解释第四十三条第二款", "Interpretation on Security, art. 43 (2)",
     "请抵押权人同意，或一并注销抵押", "get the mortgagee's consent, or release the mortgage in the same filing"},
    {20, information, "未登记的禁止转让约定不影响转让登记", "a ban that is not registered does not keep from a transfer",
     "担保制度解释第四十三条第一款", "Interpretation on Security, art. 43 (1)", "", ""},
    {21, block, "数个抵押权按登记时间确定顺位；变更顺位不得损害其他抵押权人，其书面同意的除外",
     "mortgages rank by the time of their entry; a change must not harm others without their written consent",
     "民法典第四百零九条、第四百一十四条", "Civil Code, arts. 409 and 414",
     "取得受影响抵押权人的书面同意", "get the consent of the mortgagees who are harmed"},
    {22, block, "房屋与其占用范围内的土地使用权一并转让、抵押", "a house and its land are transferred and mortgaged together",
     "民法典第三百九十七条", "Civil Code, art. 397", "将房屋与土地一并办理", "include house and land"},
    {23, block, "土地所有权、宅基地使用权（法定除外）、公益设施以及有争议或被查封的财产不得抵押",
     "not mortgaged: land ownership, homesteads unless a law says so, public facilities, the disputed or seized",
     "民法典第三百九十九条", "Civil Code, art. 399",
     "以其他财产抵押，或先解决争议、解除查封", "mortgage other property, or settle the dispute or lift the seizure first"},
    {24, automatic, "最高额抵押有最高债权额，期间届满、查封或破产时债权确定，确定前部分债权转让的抵押权不转让",
     "a maximum mortgage has a cap; its debt is fixed by its term, a seizure or bankruptcy, and whole before",
     "民法典第四百二十条至第四百二十四条；查封、扣押、冻结财产规定第二十五条",
     "Civil Code, arts. 420 to 424; Provisions on Seizure, art. 25",
     "写明债权确定期间", "state the period in which the debt is fixed"},
    {25, automatic, "居住权自登记时设立，不得转让、继承，期间届满或居住权人死亡时消灭，未约定不得出租",
     "a right of residence begins with its entry, is not transferred or inherited, and ends with its term or a death",
     "民法典第三百六十六条至第三百七十一条", "Civil Code, arts. 366 to 371",
     "只能在住宅上设立", "only a dwelling can bear it"},
    {26, statement, "有居住权的房屋转让，受让人承受居住权", "who buys a dwelling with a right of residence takes it as it is",
     "民法典第三百六十六条至第三百七十一条", "Civil Code, arts. 366 to 371", "受让人书面确认知悉居住权", "the buyer declares to know it"},
    {27, block, "办理转移登记前缴清契税或提交减免凭证", "deed tax is paid, or its exemption shown, before a transfer is entered",
     "契税法第十条、第十一条", "Deed Tax Law, arts. 10 and 11", "缴纳契税，或由税务机关确认减免",
     "pay the deed tax, or have the exemption confirmed"},
    {28, automatic, "登记前合同被解除、无效或撤销的，可以申请退还契税", "where the contract falls before the entry, the deed tax is paid back",
     "契税法第十二条", "Deed Tax Law, art. 12",
     "登记前申请终止的，再办理退还", "once the application has ended without its entry, file for it"},
    {29, block, "缴纳登记费或核准免收后发证", "the registration fee is paid or waived before the certificate is issued",
     "民法典第二百二十三条；发改价格规〔2016〕2559号", "Civil Code, art. 223; notice 2559 of 2016 on fees", "缴纳登记费", "pay the fee"},
    {30, block, "存在尚未解决的权属争议、权利超过规定期限或法律不予登记的，书面不予登记并说明理由",
     "an open dispute, a right beyond its term, or what a law excludes is refused in writing, with the reason",
     "不动产登记暂行条例第二十二条", "Interim Regulations, art. 22", "先解决争议，或办理续期", "settle the dispute, or renew the term"},
    {31, block, "测绘成果、申请材料与登记簿或实际不一致，或属违法建筑的，不予登记",
     "survey or materials differ from register or property, or the building is illegal",
     "上海市不动产登记若干规定第十六条", "Shanghai Provisions, art. 16", "补正材料，或先办理更正", "correct the materials, or the register first"},
    {32, automatic, "受理更正登记后暂停相关转移、抵押、变更，办结后恢复",
     "an accepted correction pauses transfers, mortgages and changes of the unit until it is done",
     "上海市不动产登记若干规定第三十一条", "Shanghai Provisions, art. 31",
     "等更正办结；依证据更正的，先记载更正登记办理中", "wait until it is done; before correcting by evidence, note that it is pending"},
    {33, block, "因继承、判决取得的权利，处分前应当先登记，可以一并申请",
     "a right from inheritance or judgment is registered before it is disposed of; one filing may do both",
     "民法典第二百三十二条", "Civil Code, art. 232", "与继承登记一并申请", "file the inheritance together with the disposal"},
    {34, block, "未成年人、无民事行为能力人由监护人申请，并书面声明为被监护人利益处分",
     "for a minor or incapacitated owner the guardian files, and declares that it is to their benefit",
     "不动产登记暂行条例实施细则第十一条", "Implementing Rules, art. 11",
     "由监护人申请并提交声明", "let the guardian file and declare", unconfirmed},
    {35, statement, "征收、收回土地决定记载于登记簿并予以提示，是否冻结依当地规定",
     "a decision on expropriation is noted and shown; whether it freezes the unit is a local matter",
     "上海市不动产登记若干规定第三十四条第一款", "Shanghai Provisions, art. 34 (1)",
     "受让人书面确认知悉征收决定", "the buyer declares to know the decision", unconfirmed},
    {36, block, "保障性住房项目抵押须提交主管部门同意文件", "a developer mortgages subsidised housing with the authority's consent",
     "上海市不动产登记若干规定第十九条", "Shanghai Provisions, art. 19", "提交主管部门同意文件", "show the authority's consent"},
    {37, block, "记载擅自改变结构或违法搭建的，消除前不办理转移、抵押",
     "where an altered structure or illegal annex is noted, its clearance is shown before a transfer or mortgage",
     "上海市不动产登记若干规定第三十四条第四款", "Shanghai Provisions, art. 34 (4)", "提交整改证明", "show that it was cleared"},
    {38, forbidden, "登记机构不得要求评估，不得以年检等名义重复登记",
     "the registry asks for no appraisal, and for no registration year after year",
     "民法典第二百一十三条", "Civil Code, art. 213", "去掉该材料", "leave the material out"},
    {39, automatic, "同一单元的多件申请，按受理顺序办理",
     "several applications for one unit are dealt with in the order of their acceptance",
     "受理顺序原则", "principle of the order of acceptance", "等前一件办结", "wait until the earlier one is closed"},
    {40, timer, "依法院判决或复议决定的更正三日内办理，其间已处分、预告登记或查封的除外",
     "a correction by judgment or review is made within three days, unless a disposal, notice or seizure came between",
     "上海市不动产登记若干规定第三十一条第三款", "Shanghai Provisions, art. 31 (3)",
     "其间的登记仍然有效，由当事人另行主张", "what was entered in between stands; the parties turn to the court"},
};

}  // namespace

std::span<const Rule> rules() { return table; }

const Rule* find_rule(std::uint16_t number) {
  return number == 0 || number > std::size(table) ? nullptr : &table[number - 1];
}

std::string rule_name(std::uint16_t number) {
  const std::string digits = std::to_string(number);
  return digits.size() < 2 ? "R0" + digits : "R" + digits;
}

RuleLevelName name_of(RuleLevel level) {
  switch (level) {
    case block: return {"阻断", "blocks"};
    case statement: return {"须声明", "needs a statement"};
    case information: return {"告知", "is said"};
    case timer: return {"定时", "by time"};
    case automatic: return {"自动", "by itself"};
    case forbidden: return {"禁止", "binds the registry"};
  }
  return {};
}

}  // namespace kanhe::contracts
