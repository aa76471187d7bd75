#include "cli/event_words.h"

#include <algorithm>

#include "cli/output.h"

namespace kanhe::cli {

namespace {

constexpr EventWords all_words[] = {
    {"certificate.batch_issued", "批量签发", "a batch of certificates is issued"},
    {"certificate.expired", "已过有效期", "a certificate is over"},
    {"certificate.expiring", "即将到期", "a certificate is over soon"},
    {"certificate.grant_withdrawn", "收回签发权", "the right to issue is withdrawn"},
    {"certificate.issued", "签发", "a certificate is issued"},
    {"certificate.replaced", "换发", "a certificate is replaced"},
    {"certificate.schema_set", "定义证照字段", "the fields of a type are set"},
    {"certificate.standing_changed", "状态变更", "the standing of a certificate changes"},
    {"certificate.type_defined", "定义证照类型", "a type of certificate is defined"},
    {"certificate.type_granted", "授予签发权", "a department may issue a type"},
    {"governance.administrator_replaced", "更换管理员", "an administrator is replaced"},
    {"governance.calendar_set", "设定工作日历", "the calendar of a year is set"},
    {"governance.call_approved", "批准部门发布定义", "a department may make a call"},
    {"governance.department_founded", "设立部门", "a department joins"},
    {"governance.key_compromised", "密钥泄露", "a key is reported as being in other hands"},
    {"governance.officer_dismissed", "停用工作人员", "an officer is dismissed"},
    {"governance.officer_enrolled", "登记工作人员", "an officer is enrolled"},
    {"governance.party_key_registered", "登记当事人公钥", "a party's key is registered"},
    {"governance.party_key_released", "注销当事人公钥", "a party's key is released"},
    {"governance.roles_changed", "变更角色", "an officer's roles change"},
    {"governance.rules_changed", "登记规则调整", "rules of the register are switched"},
    {"governance.settings_changed", "变更设置", "settings change"},
    {"host.due_dropped", "到期事项作废", "a due entry is dropped"},
    {"motion.ballot_cast", "投票", "a ballot is cast"},
    {"motion.confirmed", "节点确认已同步", "a node confirms that it is up to date"},
    {"motion.epoch_ended", "纪元结束", "an epoch has ended"},
    {"motion.epoch_ending", "纪元将结束", "an epoch is about to end"},
    {"motion.put", "提出动议", "a motion is put"},
    {"motion.state_changed", "动议有结果", "a motion is carried, rejected or lapses"},
    {"property.entered", "登簿", "entered in the register"},
    {"property.imported", "导入原有登记", "imported from existing records"},
    {"property.limit_changed", "限制变更", "a limit changes"},
    {"property.limit_ended", "限制终止", "a limit ends"},
    {"property.limit_entered", "登记限制", "a limit is entered"},
    {"property.party_affected", "涉及当事人", "a party is concerned"},
    {"property.register_founded", "设立登记簿", "a register is founded"},
    {"property.told", "告知", "somebody is told"},
    {"property.transferred", "转移登记", "the right passes"},
    {"property.unit_closed", "单元关闭", "a unit is closed"},
    {"service.accepted", "受理", "accepted"},
    {"service.approved_instantly", "自动核验通过", "all checks held: approved at once"},
    {"service.clock_resumed", "恢复计时", "the clock runs again"},
    {"service.clock_stopped", "中止计时", "the clock is stopped"},
    {"service.closed", "办结", "closed"},
    {"service.defined", "发布办理事项", "a service is defined"},
    {"service.filed", "收件", "filed"},
    {"service.notified", "一次性告知补正", "told once what is missing"},
    {"service.package_closed", "套餐办结", "the last of the package is closed"},
    {"service.package_defined", "发布套餐", "a package of services is defined"},
    {"service.package_filed", "套餐收件", "a package is filed"},
    {"service.reviewed", "审核", "reviewed"},
    {"service.stage_overdue", "超时", "overdue"},
    {"service.supplemented", "补充", "supplemented"},
    {"sharing.answered", "答复核验", "a question is answered"},
    {"sharing.asked", "发起核验", "a question is asked"},
    {"sharing.consent_given", "授权", "a consent is given"},
    {"sharing.consent_used", "使用授权", "a consent is used"},
    {"sharing.consent_withdrawn", "撤回授权", "a consent is withdrawn"},
    {"sharing.item_declared", "声明数据来源", "a data item has its source"},
    {"sharing.item_recorded", "登记数据项", "a data item is recorded"},
    {"sharing.mandate_given", "委托代办", "a mandate is given"},
    {"sharing.mandate_used", "使用委托", "an agent acts by a mandate"},
    {"sharing.mandate_withdrawn", "撤回委托", "a mandate is withdrawn"},
    {"sharing.predicate_defined", "定义核验事项", "a predicate is defined"},
    {"sharing.question_overdue", "核验超时", "an answer is overdue"},
    {"supervision.rated", "评价", "rated"},
    {"supervision.responded", "回应差评", "a bad rating is answered"},
    {"supervision.task_overdue", "差评处理超时", "the answer to a bad rating is overdue"},
    {"treasury.bill_dropped", "缴款单取消", "the bill falls away"},
    {"treasury.billed", "出缴款单", "billed"},
    {"treasury.paid", "缴款", "money came in"},
    {"treasury.refunded", "退款", "money was given back"},
    {"treasury.relieved", "减免", "something is taken off the bill"},
    {"treasury.tariff_set", "发布收费标准", "a tariff is put"},
};

}  // namespace

std::span<const EventWords> event_words() { return all_words; }

std::string event_phrase(const Globals& globals, std::string_view event) {
  const auto words = std::ranges::find(all_words, event, &EventWords::event);
  return words == std::end(all_words) ? std::string(event) : sentence(globals, words->zh, words->en);
}

}  // namespace kanhe::cli
